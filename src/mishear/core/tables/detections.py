"""The table of detectors of poisoned recordings over the seeds of a recipe."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.over_seeds import SEEDS, accuracy_over_seeds
from mishear.core.tables.poisoning import DETECTOR, FALSE_POSITIVES, POISON, TRUE_POSITIVES
from mishear.core.tables.shared import OVER_SEEDS, VICTIM, VICTIM_KEYS

_PLACE = (*(column for column in VICTIM if column.name not in OVER_SEEDS), *POISON, DETECTOR)

DETECTIONS_OVER_SEEDS = Table(
    "Detectors over the seeds",
    "results/reports/<study>/detections_over_seeds.csv",
    "How well each detector finds the poisoned training recordings of a recipe. Rates are means "
    "over the victims that were trained with the seeds of the study.",
    (
        *_PLACE,
        Column("n", "whole number", "Training recordings of a seed, those of its folds together."),
        SEEDS,
        Column("poisoned", "number", "How many of them were poisoned, mean over the seeds."),
        Column(
            "precision",
            "number",
            "Fraction of poisoned recordings among all that were flagged with any seed.",
            optional=True,
        ),
        *accuracy_over_seeds("true_positive_rate", TRUE_POSITIVES, "tpr", optional=True),
        *accuracy_over_seeds("false_positive_rate", FALSE_POSITIVES, "fpr", optional=True),
        Column(
            "tpr_at_5_percent_fpr",
            "number",
            "Mean over the victims of the true positive rate of the threshold on the scores at "
            "which the false positive rate is at most 5 %; empty where it is of one of them.",
            optional=True,
        ),
        Column(
            "emptied_classes",
            "text",
            "Classes, as recordings are labelled, of which every recording of a victim was "
            "flagged.",
            optional=True,
        ),
        Column("emptied_seeds", "whole number", "With how many seeds there are such classes."),
    ),
    (*(name for name in VICTIM_KEYS if name not in OVER_SEEDS), "detector"),
)
