"""Tables of trainings."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import ENVIRONMENT

HISTORY = Table(
    "History of a training",
    "results/victims/<victim>/history.csv",
    "Loss and accuracy of a network after each epoch of its training.",
    (
        Column("epoch", "whole number", "Number of the epoch, from 1."),
        Column(
            "train_loss",
            "number",
            "Mean loss on the training recordings, while they were trained on.",
        ),
        Column(
            "train_accuracy",
            "number",
            "Accuracy on the training recordings, while they were trained on.",
        ),
        Column(
            "validation_loss",
            "number",
            "Mean cross-entropy on the clean validation recordings, after the epoch.",
        ),
        Column(
            "validation_accuracy",
            "number",
            "Accuracy on the clean validation recordings, after the epoch.",
        ),
        Column("seconds", "number", "Time the epoch took.", "s"),
        *ENVIRONMENT,
    ),
    ("epoch",),
)
