"""What detectors find of a poison, and what retraining without it gains."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mishear.core.statistics import Difference, Measured
from mishear.evaluation.measurements import difference, from_counts, measured, succeeded

POISONING = ["poison", "poison_amplitude", "poisoning_rate", "detector"]


@dataclass(frozen=True)
class Gain:
    """A number before and after the network was retrained on what a detector kept.

    ``difference`` is the second minus the first, paired.
    """

    before: Measured
    after: Measured
    difference: Difference | None


@dataclass(frozen=True)
class DetectionRow:
    """One detector on one poisoning, over the seeds; None is what could not be measured.

    Attributes
    ----------
    amplitude
        Fraction of full scale; None for a poison of labels.
    n, poisoned
        How many training recordings there are, and how many of them are poisoned.
    tpr, fpr
        The fractions of the poisoned and of the other recordings that were flagged.
    precision
        The poisoned fraction of all that was flagged with any seed.
    tpr_at_5_percent_fpr
        With the threshold on the detector's scores at which 5 % of the others are flagged.
    emptied
        The classes of which nothing was kept, in words.
    success
        Success rate of the poison; None where it has no target.
    accuracy
        Accuracy on clean recordings.
    """

    poison: str
    amplitude: float | None
    rate: float
    detector: str
    n: int
    poisoned: int
    tpr: Measured | None
    fpr: Measured | None
    precision: float | None
    tpr_at_5_percent_fpr: float | None
    emptied: str
    success: Gain | None
    accuracy: Gain


def detection_rows(detections: pd.DataFrame, table: pd.DataFrame) -> list[DetectionRow]:
    """Merge the seeds of each detector on each poisoning.

    Parameters
    ----------
    detections
        A row per victim and detector, of one corpus, front end and network.
    table
        Rows of ``summary_over_seeds.csv`` of the same setting.
    """
    groups = detections.groupby(POISONING, dropna=False, sort=False)
    return [_row(dict(zip(POISONING, keys, strict=True)), rows, table) for keys, rows in groups]


def _row(place: Mapping[str, Any], rows: pd.DataFrame, table: pd.DataFrame) -> DetectionRow:
    amplitude = place["poison_amplitude"]
    success, accuracy = _gained(table, place)
    return DetectionRow(
        poison=place["poison"],
        amplitude=None if pd.isna(amplitude) else amplitude,
        rate=place["poisoning_rate"],
        detector=place["detector"],
        n=int(rows.n.iloc[0]),
        poisoned=int(round(rows.poisoned.mean())),
        tpr=_over_seeds(rows.true_positive_rate, rows.poisoned),
        fpr=_over_seeds(rows.false_positive_rate, rows.n - rows.poisoned),
        precision=_pooled_precision(rows),
        tpr_at_5_percent_fpr=_mean(rows.tpr_at_5_percent_fpr),
        emptied=_emptied(rows),
        success=success,
        accuracy=accuracy,
    )


def _emptied(rows: pd.DataFrame) -> str:
    """Name the classes of which a detector kept nothing, and with how many seeds."""
    emptied = rows[rows.emptied_classes.notna()]
    if emptied.empty:
        return ""
    classes = "; ".join(sorted(set(emptied.emptied_classes)))
    seeds = f", with {len(emptied)} of {len(rows)} seeds" if len(rows) > 1 else ""
    return f"nothing of {classes} kept{seeds}"


def _pooled_precision(rows: pd.DataFrame) -> float | None:
    """Return the precision over all seeds together: with some of them nothing may be flagged."""
    flagged = rows.flagged.sum()
    return float((rows.true_positive_rate * rows.poisoned).sum() / flagged) if flagged else None


def _mean(values: pd.Series) -> float | None:
    return None if values.isna().any() else float(values.mean())


def _over_seeds(rates: pd.Series, n: pd.Series) -> Measured | None:
    return None if rates.isna().any() else from_counts(list(rates * n), list(n))


def _gained(table: pd.DataFrame, place: Mapping[str, Any]) -> tuple[Gain | None, Gain]:
    """Return success and clean accuracy of the victims before and after the detector's work."""
    same = (table.poison == place["poison"]) & (table.attack == place["poison"])
    same &= (table.poisoning_rate == place["poisoning_rate"]) & (table.defence == "none")
    if pd.notna(place["poison_amplitude"]):
        same &= table.poison_amplitude == place["poison_amplitude"]
    before, after = (
        table[same & chosen].iloc[0]
        for chosen in (table.detector.isna(), table.detector == place["detector"])
    )
    aimed = pd.notna(before.attack_success_rate)
    success = None
    if aimed:
        success = Gain(succeeded(before), succeeded(after), difference(after, "success_gain"))
    clean = [measured(row, clean=True) for row in (before, after)]
    return success, Gain(*clean, difference(after, "clean_gain"))
