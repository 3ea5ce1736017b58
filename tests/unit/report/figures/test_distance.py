"""Accuracy against the L2 change allowed."""

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.report.figures.distance import _least, alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING
from tests.unit.report.figures.conftest import of_seeds

FIGURE = Figure("distance", **SETTING)


@pytest.fixture
def shown(drawn, results, split):
    """A function that draws evaluations of some recipes and gives the words of the figure."""

    def words(*recipes, paper_reference=True):
        inputs = {"split": split} | {f"{recipe}/cw": results for recipe in recipes}
        options = {
            "evaluations": {
                f"{recipe}/cw": {"recipe": recipe, "seed": 0, "attack": "cw"} for recipe in recipes
            },
            "attacks": ["fgsm", "cw"],
            "paper_reference": paper_reference,
        }
        return drawn("distance", inputs, options)

    return words


def test_attacks_are_named_and_recipes_where_there_are_several(shown):
    words = shown("standard")
    assert "cw" in words and "cw on" not in words and "fgsm" not in words
    assert "cw on hardened" in shown("standard", "hardened")


def test_the_paper_is_left_out_where_it_is_not_wanted(shown):
    assert "paper, CW: 0.36" in shown("standard")
    assert "paper" not in shown("standard", paper_reference=False)


def test_seeds_become_one_line_with_a_thin_one_each(drawn, results, split, tmp_path):
    keys = [f"standard/seed{seed}/cw" for seed in range(3)]
    options = {
        "evaluations": {
            key: {"recipe": "standard", "seed": seed, "attack": "cw"}
            for seed, key in enumerate(keys)
        },
        "attacks": ["cw"],
        "paper_reference": False,
    }
    drawn("distance", {"split": split} | dict.fromkeys(keys, results), options)
    drawing = (tmp_path / "distance.svg").read_text()
    assert drawing.count("stroke-width: 0.6") == len(keys)
    assert drawing.count('id="FillBetweenPolyCollection') == 1


@pytest.mark.parametrize("cut", [0, 1])
def test_a_table_that_was_cut_is_named(drawn, results, split, tmp_path, cut):
    short = tmp_path / "short.csv"
    short.write_text("".join(results.read_text().splitlines(keepends=True)[:5]))
    options = {
        "evaluations": {
            str(seed): {"recipe": "standard", "seed": seed, "attack": "cw"} for seed in range(2)
        },
        "attacks": ["cw"],
        "paper_reference": False,
    }
    inputs = {"split": split, "0": results, "1": results} | {str(cut): short}
    with pytest.raises(UserError, match=f"rm {short}"):
        drawn("distance", inputs, options)


def test_it_is_described_with_the_change_each_attack_takes(results_of, rows, study):
    assert "cw: 0.000 without limit, median L2 17.5 dB" in alternative(FIGURE, results_of(rows))
    assert "another training may lie outside" in caption(FIGURE, study)
    assert "over 2 victims" in caption(FIGURE, of_seeds(study, (0, 1)))


def test_several_attacks_have_the_least_of_them_as_well(drawn, results, split):
    options = {
        "evaluations": {
            name: {"recipe": "standard", "seed": 0, "attack": name} for name in ("cw", "ddn")
        },
        "attacks": ["cw", "ddn"],
        "paper_reference": False,
    }
    inputs = {"split": split, "cw": results, "ddn": results}
    assert "smallest of all" in drawn("distance", inputs, options)
    changes = {
        ("cw", "standard"): np.array([[1.0, np.inf, -np.inf]]),
        ("ddn", "standard"): np.array([[2.0, 3.0, -np.inf]]),
        ("cw", "other"): np.array([[2.0, 3.0, 4.0]]),
    }
    least = _least(changes)
    assert least.keys() == {"standard"}, "one attack alone is its own least"
    assert least["standard"].tolist() == [[1, 3, -np.inf]]
