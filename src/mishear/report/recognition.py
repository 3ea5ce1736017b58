"""Audio quality and recognition over the seeds."""

from typing import Any

import pandas as pd

from mishear.evaluation.measurements import from_counts

KEYS = ["kind", "name", "budget", "eps", "recogniser"]
MEANS = ["median_snr_db", "median_si_sdr_db", "median_pesq", "median_stoi", "clipped"]
TRIALS = {"recognised": "n", "retained": "retained_n"}
"""For each rate the column with the number of recordings that it is a rate of."""


def audio_quality_over_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Merge the rows of several seeds: means, and rates with their intervals and their spread."""
    groups = table.groupby(KEYS, dropna=False, sort=False)
    rows = [dict(zip(KEYS, keys, strict=True)) | _merged(rows) for keys, rows in groups]
    columns = [*KEYS, "n", "retained_n", "seeds", *MEANS, "pesq_n"]
    columns += [column for rate in TRIALS for column in _columns(rate)]
    return pd.DataFrame(rows, columns=columns)


def _merged(rows: pd.DataFrame) -> dict[str, Any]:
    first = rows.iloc[0]
    merged = {"n": first.n, "retained_n": first.retained_n, "seeds": len(rows)}
    merged |= {name: rows[name].mean() for name in MEANS}
    merged["pesq_n"] = rows.pesq_n.min()
    for rate, trials in TRIALS.items():
        if rows[rate].notna().all():
            found = from_counts(list(rows[rate] * rows[trials]), list(rows[trials]))
            values = (found.accuracy, found.low, found.high, found.lowest, found.highest)
            merged |= zip(_columns(rate), values, strict=True)
    return merged


def _columns(rate: str) -> list[str]:
    return [rate, *(f"{rate}_{limit}" for limit in ("low", "high", "lowest", "highest"))]
