"""The table of the smallest change that is misclassified."""

from collections.abc import Iterable

from mishear.core.tables.base import Column, Table
from mishear.core.tables.evaluation import GRADIENT
from mishear.core.tables.shared import DEFENCE, INPUT_UNIT, SETTING

_PLACE = (
    *SETTING,
    Column("recipe", "text", "Name of the training: the recipe, with what varies within it."),
    DEFENCE,
    GRADIENT,
)
PLACE = tuple(column.name for column in _PLACE)


def _limits() -> Iterable[Column]:
    text = (
        "limit of its 95 % interval: from order statistics for one victim, over victims and "
        "recordings for several, and over speakers where the accuracies' are; `inf` if more than "
        "half may have none."
    )
    for name, which in (("median_low", "Lower"), ("median_high", "Upper")):
        yield Column(name, "number", f"{which} {text}", INPUT_UNIT, optional=True)


SMALLEST_CHANGE = Table(
    "Smallest change",
    "results/reports/<study>/smallest_change.csv",
    "The L2 norm of the smallest change of the input that any of the study's attacks without "
    "a limit found for each recording that is classified correctly when clean: an upper bound of "
    "the smallest change there is. A row for each victim, and one over the seeds.",
    (
        *_PLACE,
        Column(
            "seed",
            "whole number",
            "Seed of the training; empty in the row over all seeds.",
            optional=True,
        ),
        Column("n", "whole number", "Recordings classified correctly when clean, of all victims."),
        Column("seeds", "whole number", "Victims, each trained with a seed of its own."),
        Column("found", "whole number", "Recordings for which an attack found a change."),
        Column(
            "median_l2",
            "number",
            "Median over the recordings, mean over the seeds; recordings without a change count as "
            "infinite.",
            INPUT_UNIT,
            optional=True,
        ),
        *_limits(),
        Column(
            "lower_quartile", "number", "A quarter of the recordings need less.", INPUT_UNIT, True
        ),
        Column(
            "upper_quartile", "number", "A quarter of the recordings need more.", INPUT_UNIT, True
        ),
        Column(
            "median_l2_lowest", "number", "Of the seed with the lowest median.", INPUT_UNIT, True
        ),
        Column(
            "median_l2_highest", "number", "Of the seed with the highest median.", INPUT_UNIT, True
        ),
        Column("attacks", "text", "The attacks that searched for it."),
        Column(
            "found_by",
            "text",
            "For how many recordings each attack found the smallest change, such as `ddn:12`.",
        ),
    ),
    (*PLACE, "seed"),
)
