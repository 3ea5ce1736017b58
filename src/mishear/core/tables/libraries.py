"""Tables of what other libraries do."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import INPUT_UNIT

PROBE = Table(
    "Probe of other libraries",
    "results/probes/<victim>/libraries.csv",
    "What the components of other libraries do with a victim, found out by running them.",
    (
        Column("library", "text", "Name of the library."),
        Column("version", "text", "Its version."),
        Column("kind", "text", "`at inference`, `training` or `detector`."),
        Column("component", "text", "Name of the class."),
        Column("usage", "text", "How it was used: `as documented`, `own arguments` or `adapter`."),
        Column("arguments", "text", "The arguments it was given.", optional=True),
        Column("outcome", "text", "`works`, or the error it ended with."),
        Column(
            "gradient",
            "text",
            "Whether a gradient can be computed through it: `works`, or the error.",
            optional=True,
        ),
        Column(
            "clean_accuracy",
            "number",
            "Accuracy on clean test recordings behind the defence or after the training.",
            optional=True,
        ),
        Column(
            "loss",
            "number",
            "`clean_accuracy` minus `undefended_accuracy`, paired over the recordings.",
            optional=True,
        ),
        Column("loss_low", "number", "Lower limit of its 95 % interval, of this victim.", "", True),
        Column("loss_high", "number", "Upper limit of its 95 % interval.", "", True),
        Column(
            "undefended_accuracy", "number", "Accuracy of the victim alone on the same recordings."
        ),
        Column(
            "n",
            "whole number",
            "Recordings that the accuracy, or the share of flagged ones, is of.",
            optional=True,
        ),
        Column("dtype", "text", "Data type of what a defence returns.", optional=True),
        Column("lowest", "number", "Lowest value a defence returned.", INPUT_UNIT, optional=True),
        Column("highest", "number", "Highest value a defence returned.", INPUT_UNIT, optional=True),
        Column(
            "mean_change",
            "number",
            "Mean absolute difference between what a defence got and returned.",
            INPUT_UNIT,
            optional=True,
        ),
        Column(
            "false_positive_rate",
            "number",
            "Fraction of the training recordings that it flags; none of them is poisoned.",
            optional=True,
        ),
        Column("seconds", "number", "Time it took.", "s"),
    ),
    ("library", "component", "usage"),
)
