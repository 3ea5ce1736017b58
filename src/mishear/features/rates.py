"""Whether recordings have to be resampled to a higher rate, in which they hold nothing new."""

from collections import Counter
from pathlib import Path

from mishear.core.tables.corpora import INDEX


def upsampling(index: Path, front_end: str, sample_rate: int) -> str | None:
    """Say how many recordings of a corpus have a lower rate than a front end, with the remedy.

    Parameters
    ----------
    index
        Of the corpus.
    front_end
        Name of the front end.
    sample_rate
        Its rate, Hz.

    Returns
    -------
    str or None
        A sentence or two; None where no recording has a lower rate.
    """
    rates = Counter(row["sample_rate"] for row in INDEX.read(index))
    lower = {rate: count for rate, count in rates.items() if rate < sample_rate}
    if not lower:
        return None
    found, highest = sum(lower.values()), max(lower)
    said = f"{highest} Hz" if len(lower) == 1 else f"at most {highest} Hz"
    return (
        f"{found:,} of {rates.total():,} recordings are resampled from {said} to {sample_rate} Hz "
        f"and hold nothing above {highest / 2:g} Hz. To save what that costs, set "
        f"front_ends.{front_end}.sample_rate: {max(rates)}, and adapt params in samples."
    )
