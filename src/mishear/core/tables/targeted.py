"""Tables of attacks that aim at every class: of one victim, and of all of a study."""

from collections.abc import Iterator

from mishear.core.tables.base import Column, Table
from mishear.core.tables.evaluation import BUDGET, DOMAIN, EPS, RESULTS
from mishear.core.tables.over_seeds import SEEDS, accuracy_over_seeds
from mishear.core.tables.shared import ATTACK, LABEL, OVER_SEEDS, VICTIM

_TARGET = Column("target", "text", "Target class.")


def _columns_of_results() -> Iterator[Column]:
    for column in RESULTS.columns:
        if column.name != "saved_prediction":
            yield _TARGET if column.name == "target" else column


TARGETED_RESULTS = Table(
    "Targeted attack on one victim",
    "results/targeted/<victim>/<attack>/eps<eps>.csv",
    "What an attack at one eps does to each test recording when it aims at each other class.",
    tuple(_columns_of_results()),
    ("recording", "target"),
)

TARGETED = Table(
    "Targeted attacks",
    "results/reports/<study>/targeted.csv",
    "Success rate of targeted attacks for each pair of true class and target class, over the "
    "seeds; only in studies with a section `targeted`.",
    (
        *(column for column in VICTIM if column.name not in OVER_SEEDS),
        ATTACK,
        DOMAIN,
        BUDGET,
        EPS,
        LABEL,
        _TARGET,
        Column("n", "whole number", "Recordings of the class."),
        SEEDS,
        Column(
            "tried",
            "whole number",
            "Recordings of the class that were classified correctly when clean, over all seeds.",
        ),
        *accuracy_over_seeds(
            "success_rate",
            "Fraction of these that are classified as the target class.",
            "success",
            optional=True,
        ),
    ),
    (
        *(column.name for column in VICTIM if column.name not in OVER_SEEDS),
        "attack",
        "eps",
        "label",
        "target",
    ),
)
