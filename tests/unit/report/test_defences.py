"""Ranked defences and the accuracies behind them."""

import pytest

from mishear.core.statistics import Difference
from mishear.report.defences import best_defence, claimed_accuracies, defence_tables


@pytest.fixture
def robustness(robustness_row, robustness_of):
    return robustness_of(
        [
            robustness_row(0.5, 0.95, None, 0.1),
            robustness_row(
                0.5,
                0.9,
                0.6,
                0.25,
                defence="median",
                difference=0.15,
                difference_low=0.1,
                difference_high=0.2,
            ),
            robustness_row(0.5, 0.94, 0.9, 0.9, defence="rounding"),
            robustness_row(0.5, 0.85, 0.8, 0.75, recipe="hardened"),
            robustness_row(0.5, 0.9, 0.95, None, defence="untried"),
            robustness_row(float("inf"), 0.9, None, 0.0, norm="l2"),
        ]
    )


@pytest.fixture
def table(rows, over_seeds_of):
    return over_seeds_of(rows)


def test_the_best_worst_case_comes_first_and_what_cannot_be_ranked_last(robustness, table):
    (found,) = defence_tables(robustness, table, {("standard", "rounding")}, 0.5)
    places = [(row.recipe, row.defence) for row in found.rows]
    assert places == [
        ("hardened", "none"),
        ("standard", "median"),
        ("standard", "none"),
        ("standard", "untried"),
        ("standard", "rounding"),
    ]
    assert [row.masks for row in found.rows] == [False] * 4 + [True]
    assert found.rows[3].adaptive is None
    assert found.rows[1].difference == Difference(0.15, 0.1, 0.2)
    assert found.rows[0].difference is None
    assert found.attacks == ["fgsm", "pgd-paper", "pgd"]
    assert found.rows[2].attacks["pgd"].accuracy == pytest.approx(0.1)
    assert found.rows[0].attacks == {}


def test_one_victim_alone_has_no_table(robustness, table):
    assert defence_tables(robustness[:1], table, set(), 0.5) == []


def test_the_best_defence_does_not_mask_its_gradients_where_another_does_not(robustness):
    assert best_defence(robustness, "standard", set(), 0.5).defence == "rounding"
    assert best_defence(robustness, "standard", {("standard", "rounding")}, 0.5).recipe == (
        "hardened"
    )
    alone = robustness[robustness.defence == "rounding"]
    assert best_defence(alone, "standard", {("standard", "rounding")}, 0.5).defence == "rounding"
    assert best_defence(robustness[:1], "standard", set(), 0.5) is None


def test_accuracies_are_named_by_training_defence_or_both(rows, over_seeds_of):
    limited = [row for row in rows if row["attack"] == "fgsm"]
    both = [row | {"recipe": "hardened", "defence": "jpeg"} for row in limited]
    table = over_seeds_of(limited + both)
    compared = {"counterpart": "ours", "gain": 0.1, "gain_low": 0.05, "gain_high": 0.15}
    found = claimed_accuracies(table.assign(**compared), "standard", {"jpeg": "ART"})
    assert dict(zip(found.defence, found.library, strict=True)) == {
        "none": "mishear",
        "hardened behind jpeg": "ART",
    }
    # Behind a defence a training is no longer like its counterpart.
    assert found.counterpart[found.defence != "none"].isna().all()
    assert set(found.counterpart[found.defence == "none"]) == {"ours"}
    assert found[["gain", "gain_low", "gain_high"]].drop_duplicates().to_numpy().tolist() == [
        [0.1, 0.05, 0.15]
    ]
