"""The table of a comparison of two studies."""

from collections.abc import Iterator

from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import DEFENCE, SETTING


def _accuracy(study: str) -> Iterator[Column]:
    name = f"accuracy_{study.lower()}"
    yield Column(name, "number", f"The accuracy in study {study}.")
    yield Column(f"{name}_low", "number", "Lower limit of its 95 % interval.")
    yield Column(f"{name}_high", "number", "Upper limit of its 95 % interval.")


_ROW = (
    *SETTING,
    Column("recipe", "text", "Name of the training."),
    DEFENCE,
    Column("quantity", "text", "`clean_accuracy` or `accuracy`."),
    Column("evaluation", "text", "`adaptive` or `transfer`.", optional=True),
    Column("source", "text", "Source model of a transfer attack.", optional=True),
    Column("attack", "text", "Name of the attack, or of the poison.", optional=True),
    Column("eps", "number", "Size of the change allowed.", optional=True),
    Column("corruption", "text", "Name of the corruption.", optional=True),
    Column("severity", "whole number", "Its severity.", optional=True),
)

COMPARISON = Table(
    "Comparison of two studies",
    "<file>.csv, written by `mishear compare A B --csv <file>`",
    "Accuracies of two studies under the same threat models, on the same test recordings. Names "
    "are those of study A.",
    (
        *_ROW,
        *_accuracy("A"),
        *_accuracy("B"),
        Column("difference", "number", "The accuracy in B minus that in A."),
        Column("difference_low", "number", "Lower limit of its 95 % interval."),
        Column("difference_high", "number", "Upper limit of its 95 % interval."),
        Column("n", "whole number", "Test recordings."),
        Column(
            "interval",
            "text",
            "`paired` over victims and recordings, or `independent`: from the intervals of both.",
        ),
        Column("reason", "text", "Why the interval is not paired.", optional=True),
    ),
    tuple(column.name for column in _ROW),
)
