"""What detectors find of a poison, and what retraining without it gains."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from mishear.core.statistics import Difference, Measured
from mishear.evaluation.measurements import difference, measured, proportion, succeeded


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
        The fractions of the poisoned and of the other recordings that were flagged: means over the
        seeds, with intervals over victims and training recordings.
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
    """Join what each detector found of each poisoning with what retraining without it gained.

    Parameters
    ----------
    detections
        Rows of ``detections_over_seeds.csv`` of one corpus, front end and network.
    table
        Rows of ``summary_over_seeds.csv`` of the same setting.
    """
    return [_row(row, table) for row in detections.itertuples()]


def _row(found: Any, table: pd.DataFrame) -> DetectionRow:
    success, accuracy = _gained(table, found)
    return DetectionRow(
        poison=found.poison,
        amplitude=None if pd.isna(found.poison_amplitude) else found.poison_amplitude,
        rate=found.poisoning_rate,
        detector=found.detector,
        n=found.n,
        poisoned=round(found.poisoned),
        tpr=proportion(found, "true_positive_rate", "tpr", round(found.poisoned)),
        fpr=proportion(found, "false_positive_rate", "fpr", found.n - round(found.poisoned)),
        precision=_known(found.precision),
        tpr_at_5_percent_fpr=_known(found.tpr_at_5_percent_fpr),
        emptied=_emptied(found),
        success=success,
        accuracy=accuracy,
    )


def _emptied(found: Any) -> str:
    """Name the classes of which a detector kept nothing, and with how many seeds."""
    if not found.emptied_seeds:
        return ""
    seeds = f", with {found.emptied_seeds} of {found.seeds} seeds" if found.seeds > 1 else ""
    return f"nothing of {found.emptied_classes} kept{seeds}"


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _gained(table: pd.DataFrame, found: Any) -> tuple[Gain | None, Gain]:
    """Return success and clean accuracy of the victims before and after the detector's work."""
    same = (table.poison == found.poison) & (table.attack == found.poison)
    same &= (table.poisoning_rate == found.poisoning_rate) & (table.defence == "none")
    if pd.notna(found.poison_amplitude):
        same &= table.poison_amplitude == found.poison_amplitude
    before, after = (
        table[same & chosen].iloc[0]
        for chosen in (table.detector.isna(), table.detector == found.detector)
    )
    aimed = pd.notna(before.attack_success_rate)
    success = None
    if aimed:
        success = Gain(succeeded(before), succeeded(after), difference(after, "success_gain"))
    clean = [measured(row, clean=True) for row in (before, after)]
    return success, Gain(*clean, difference(after, "clean_gain"))
