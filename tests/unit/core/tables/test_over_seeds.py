"""The tables over the seeds have the columns of those of one victim, and the spread."""

import pytest

from mishear.core.tables.evaluation import ROBUSTNESS, SUMMARY
from mishear.core.tables.over_seeds import (
    ROBUSTNESS_OVER_SEEDS,
    SUMMARY_OVER_SEEDS,
    accuracy_over_seeds,
)


def test_an_accuracy_has_limits_and_a_spread():
    columns = accuracy_over_seeds("accuracy", "Accuracy.", "ci")
    assert [column.name for column in columns] == [
        "accuracy",
        "ci_low",
        "ci_high",
        "accuracy_sd",
        "accuracy_lowest",
        "accuracy_highest",
    ]
    assert [column.name for column in columns if column.optional] == ["accuracy_sd"]


@pytest.mark.parametrize(
    ("table", "of_victims"), [(SUMMARY_OVER_SEEDS, SUMMARY), (ROBUSTNESS_OVER_SEEDS, ROBUSTNESS)]
)
def test_a_row_is_known_by_all_but_the_seed_and_the_fold(table, of_victims):
    assert set(table.keys) == set(of_victims.keys) - {"seed", "fold"}
    assert not {"seed", "fold"} & set(table.names)
    before = of_victims.names[: of_victims.names.index("n")]
    expected = [name for name in before if name not in ("seed", "fold")]
    assert list(table.names[: len(expected) + 2]) == [*expected, "n", "seeds"]
