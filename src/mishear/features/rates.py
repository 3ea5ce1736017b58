"""How recordings are resampled: to a higher rate, without anything new, or by a rounded ratio."""

import logging
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from mishear.core.tables.corpora import INDEX
from mishear.corpora.conspicuous import SHOWN, Conspicuous

log = logging.getLogger(__name__)

LARGEST_PRODUCT = 1_000_000
"""Largest product of the terms of a ratio of rates that is resampled exactly: the filter has about
as many coefficients."""


def warn_of_rates(index: Path, front_end: str, sample_rate: int) -> None:
    """Log :func:`upsampling` and :func:`approximated` of a corpus, given the path of its index."""
    if notice := upsampling(index, front_end, sample_rate):
        log.warning(notice)
    for found in approximated(INDEX.read(index), {front_end: sample_rate}):
        log.warning("%d of %d recordings: %s", found.count, found.n, found.text)


def upsampling(index: Path, front_end: str, sample_rate: int) -> str | None:
    """Say how many recordings of a corpus have a lower rate than a front end.

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
        A sentence, and the remedy where all recordings have a lower rate; None where none has.
    """
    rates = Counter(row["sample_rate"] for row in INDEX.read(index))
    lower = {rate: count for rate, count in rates.items() if rate < sample_rate}
    if not lower:
        return None
    found, highest = sum(lower.values()), max(lower)
    said = f"{highest} Hz" if len(lower) == 1 else f"at most {highest} Hz"
    notice = (
        f"{found:,} of {rates.total():,} recordings are resampled from {said} to {sample_rate} Hz "
        f"and hold nothing above {highest / 2:g} Hz."
    )
    if len(lower) < len(rates):
        return notice
    return (
        f"{notice} To save what that costs, set front_ends.{front_end}.sample_rate: {highest}, and "
        f"adapt those of its params that are in samples, such as n_fft."
    )


def ratio_of(rate: int, sample_rate: int) -> Fraction:
    """Return the ratio by which recordings of one rate (Hz) are resampled to another.

    A filter's memory grows with the terms of its ratio. If they are large, as from 44,101 to
    48,000 Hz, it is the nearest ratio with small terms, which changes speed and pitch by at most
    about 5e-4, a hundredth of a semitone.
    """
    exact = Fraction(rate, sample_rate)
    if exact.numerator * exact.denominator <= LARGEST_PRODUCT:
        return exact
    return exact.limit_denominator(math.isqrt(int(LARGEST_PRODUCT / exact)))


def approximated(
    rows: Sequence[Mapping[str, Any]], sample_rates: Mapping[str, int]
) -> Iterator[Conspicuous]:
    """Yield, for each front end, the recordings whose speed resampling changes a little.

    Parameters
    ----------
    rows
        Rows of :data:`mishear.core.tables.corpora.INDEX`.
    sample_rates
        Hz, of each front end.
    """
    for front_end, sample_rate in sample_rates.items():
        changes = {
            rate: abs(float(ratio_of(rate, sample_rate) / Fraction(rate, sample_rate)) - 1)
            for rate in {row["sample_rate"] for row in rows}
        }
        found = [row["recording"] for row in rows if changes[row["sample_rate"]]]
        if found:
            text = (
                f"resampled to the {sample_rate} Hz of front end {front_end} by a rounded ratio, "
                f"which changes speed and pitch by up to {max(changes.values()):.1e}"
            )
            yield Conspicuous(text, len(found), len(rows), found[:SHOWN])
