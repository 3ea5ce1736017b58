"""Audio quality and recognition over the seeds."""

import pandas as pd


def audio_quality_over_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Merge the rows of several seeds: means, and the widest limits."""
    keys = ["kind", "name", "budget", "eps", "recogniser"]
    how = {
        "recognised": ("recognised", "mean"),
        "recognised_low": ("recognised_low", "min"),
        "recognised_high": ("recognised_high", "max"),
        "retained": ("retained", "mean"),
        "retained_low": ("retained_low", "min"),
        "retained_high": ("retained_high", "max"),
        "retained_n": ("retained_n", "first"),
        "n": ("n", "first"),
        "median_snr_db": ("median_snr_db", "mean"),
        "median_si_sdr_db": ("median_si_sdr_db", "mean"),
        "median_pesq": ("median_pesq", "mean"),
        "pesq_n": ("pesq_n", "min"),
        "median_stoi": ("median_stoi", "mean"),
        "clipped": ("clipped", "mean"),
    }
    return table.groupby(keys, dropna=False, sort=False).agg(**how).reset_index()
