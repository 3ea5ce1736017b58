"""The single table all figures and the report are made from: a row per evaluation."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mishear.core.statistics import wilson_interval
from mishear.core.tables import write_table

COLUMNS = (
    "corpus",
    "front_end",
    "network",
    "recipe",
    "seed",
    "poison",
    "poison_amplitude",
    "poisoning_rate",
    "training_eps",
    "training_sigma",
    "detector",
    "defence",
    "evaluation",
    "source",
    "gradient",
    "attack",
    "domain",
    "norm",
    "budget",
    "eps",
    "n",
    "clean_accuracy",
    "accuracy",
    "ci_low",
    "ci_high",
    "saved_accuracy",
    "saved_low",
    "saved_high",
    "attack_success_rate",
    "success_low",
    "success_high",
    "tried",
    "mean_linf",
    "mean_l2",
    "median_l2",
    "median_snr_db",
    "rejected",
    "seconds",
    "device",
)


def summarise(rows: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The numbers of one evaluation.

    Parameters
    ----------
    rows
        A row per test recording, as :mod:`mishear.evaluation.inputs` writes them.

    Returns
    -------
    dict
        ``n`` recordings; ``clean_accuracy``; ``accuracy`` under attack with its 95 % Wilson
        interval; ``attack_success_rate`` with its own (``success_low``, ``success_high``): the
        share of successes among the ``tried`` recordings, None where there are none: those heard
        right before or, for a poison that aims at a class, those that are not of that class (of the
        source classes alone for targeted wrong labels); mean norms over all recordings; the median
        L2 over successful ones; the median signal-to-noise ratio in dB; ``rejected``, how many
        returned recordings were not accepted; ``seconds`` in all. ``saved_accuracy``, with its
        interval, is the accuracy on the attacked recordings saved with 16 bits and read again;
        None where there are none.
    """
    n = len(rows)
    clean = [row["clean_prediction"] == row["label"] for row in rows]
    robust = [row["adversarial_prediction"] == row["label"] for row in rows]
    successes = [row for row in rows if row["success"] == "1"]
    tried = [row for row in rows if row["success"]]
    low, high = wilson_interval(sum(robust), n)
    limits = wilson_interval(len(successes), len(tried)) if tried else (None, None)
    l2_of_successes = [float(row["l2"]) for row in successes]
    ratios = [float(row["snr_db"]) for row in rows if row["snr_db"]]
    saved = [row["saved_prediction"] == row["label"] for row in rows if row["saved_prediction"]]
    saved_limits = wilson_interval(sum(saved), len(saved)) if saved else (None, None)
    return {
        "n": n,
        "clean_accuracy": sum(clean) / n,
        "accuracy": sum(robust) / n,
        "ci_low": low,
        "ci_high": high,
        "saved_accuracy": sum(saved) / len(saved) if saved else None,
        "saved_low": saved_limits[0],
        "saved_high": saved_limits[1],
        "attack_success_rate": len(successes) / len(tried) if tried else None,
        "success_low": limits[0],
        "success_high": limits[1],
        "tried": len(tried),
        "mean_linf": math.fsum(float(row["linf"]) for row in rows) / n,
        "mean_l2": math.fsum(float(row["l2"]) for row in rows) / n,
        "median_l2": statistics.median(l2_of_successes) if l2_of_successes else None,
        "median_snr_db": statistics.median(ratios) if ratios else None,
        "rejected": sum(bool(row["rejected"]) for row in rows),
        "seconds": math.fsum(float(row["seconds"]) for row in rows),
        "device": "+".join(sorted({row["device"] for row in rows})),
    }


def write_summary(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write ``summary.csv``."""
    write_table(rows, COLUMNS, path)
