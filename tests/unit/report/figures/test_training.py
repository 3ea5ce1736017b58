"""Loss and accuracy by epoch."""

import pytest

from mishear.core.errors import UserError
from mishear.report.figures.training import alternative, caption
from mishear.study.figure_types import Figure
from tests.unit.conftest import MACHINE, SETTING

FIGURE = Figure("training", **SETTING)
PLAIN = {"recipe": "standard", "seed": 0} | dict.fromkeys(("amplitude", "rate", "eps", "sigma"))


@pytest.fixture
def shown(drawn, write):
    """A function that draws victims with the same epochs and gives the words of the figure."""

    def words(victims, kept=range(3)):
        epochs = {
            "epoch": [1, 2, 3],
            "train_loss": [2.0, 1.0, 0.0],
            "validation_loss": [2.0, 20.0, 2e4],
            "train_accuracy": [0.3, 0.6, 0.9],
            "validation_accuracy": [0.3, 0.5, 0.7],
            "seconds": [1.0, 1.0, 1.0],
        }
        table = write("history", [MACHINE | {key: epochs[key][n] for key in epochs} for n in kept])
        named = {f"victim{number}": victim for number, victim in enumerate(victims)}
        return drawn("training", dict.fromkeys(named, table), {"victims": named})

    return words


def noisy(recipe, rate, amplitude=None, seed=0):
    return PLAIN | {"recipe": recipe, "amplitude": amplitude, "rate": rate, "seed": seed}


def test_each_training_has_a_row(shown):
    victims = [PLAIN, *(noisy("noise", rate, 0.01) for rate in (0.25, 0.5, 1.0))]
    words = shown([*victims, noisy("noise", 1.0, 0.1, seed=1)])
    for title in ("standard", "noise, amplitude 0.01", "noise, amplitude 0.1", "100 % poisoned"):
        assert title in words


def test_what_was_swept_is_told_with_its_unit(shown):
    assert "hardened, eps 0.5 dB" in shown([PLAIN | {"recipe": "hardened", "eps": 0.5}])


def test_more_rates_than_colours_are_told_by_their_rank(shown):
    many = [noisy("a", rate) for rate in (0.01, 0.05, 0.1)]
    assert "5 % poisoned" in shown(many)
    words = shown(many + [noisy("b", rate) for rate in (0.2, 0.3, 0.4)])
    assert "highest poisoning rate" in words
    assert "5 % poisoned" not in words


@pytest.mark.parametrize("kept", [[1, 2], [0, 2], [0, 0, 1, 2], [1, 0, 2]])
def test_a_history_without_an_epoch_is_named(shown, kept):
    with pytest.raises(UserError, match="history.csv lacks an epoch. Delete it"):
        shown([PLAIN], kept)


def test_it_is_described(study, results_of, rows):
    assert "validation recordings are always clean" in caption(FIGURE, study)
    assert "by epoch" in alternative(FIGURE, results_of(rows))
