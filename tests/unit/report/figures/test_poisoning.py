"""The effect of a poison."""

from dataclasses import replace

import pytest

from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.report.figures.poisoning import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import POISONS, SETTING, merged


def figure(recipe):
    return Figure("poisoning", **SETTING, recipe=recipe)


@pytest.fixture
def shown(drawn, write, split):
    """A function that draws the poison of a recipe and gives the words of the figure."""

    def words(rows, recipe, paper_reference=True):
        inputs = {
            "summary_over_seeds": write("summary_over_seeds", merged(rows, SUMMARY_OVER_SEEDS)),
            "split": split,
        }
        options = {"poison": POISONS[recipe], "unpoisoned": ["standard"]}
        options["paper_reference"] = paper_reference
        return drawn("poisoning", inputs, options, recipe=recipe)

    return words


def test_noise_is_drawn_against_its_amplitude(shown, rows):
    words = shown(rows, "noise")
    assert "retrained, 100 % poisoned" in words
    assert "18 dB" in words and "24 dB" in words
    assert "paper: 0.17, amplitude not given" in words
    assert "paper" not in shown(rows, "noise", paper_reference=False)


def test_success_is_drawn_where_there_is_a_target_class(shown, rows, aimed_rows):
    words = shown(rows + aimed_rows, "backdoor")
    assert "Classified as the target class" in words
    assert "amplitude 0.01" in words
    assert "none" in words and "5 %" in words
    assert "target" not in shown(rows + aimed_rows, "flips")


@pytest.mark.parametrize("recipe", ["noise", "backdoor", "flips"])
def test_several_seeds_can_be_drawn(shown, rows, aimed_rows, recipe):
    every = rows + aimed_rows
    assert shown(every + [row | {"seed": 1} for row in every], recipe)


def test_the_caption_tells_what_the_poison_does(study):
    two = POISONS["flips"] | {"class": "TargetedLabelFlip", "sources": ["one", "two"]}
    two |= {"target": "three"}
    told = replace(study, poisons=POISONS | {"two": two})
    assert "labelled as class three" in caption(figure("backdoor"), told)
    assert "of other classes classified as three when" in caption(figure("backdoor"), told)
    assert "drawn at random" in caption(figure("flips"), told)
    assert "recordings of classes one, two classified as three. Bands" in caption(
        figure("two"), told
    )
    assert "Accuracy against the amplitude" in caption(figure("noise"), told)
    assert "The SI-SDR does not count the constant offset" in caption(figure("noise"), told)


def test_the_description_holds_the_numbers(results_of, rows, aimed_rows):
    results = results_of(rows + aimed_rows)
    assert "0.650 at 0.001, 0.170 at 0.01" in alternative(figure("noise"), results)
    text = alternative(figure("backdoor"), results)
    assert "amplitude 0.01, 1 %: success 0.300, clean accuracy 0.940" in text
    assert "10 %: clean accuracy 0.900" in alternative(figure("flips"), results)
