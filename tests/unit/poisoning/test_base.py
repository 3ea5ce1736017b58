"""A poison that defines nothing leaves everything as it is."""

import numpy as np
import pytest

from mishear.poisoning.base import Poison


class Idle(Poison):
    def description(self):
        return "Nothing is done."


class Louder(Idle):
    changes_waveform = True


LABELS = np.array(["a", "b", "a", "c"])


def test_what_is_not_defined_is_left_as_it_is():
    idle = Idle()
    waveform, numbers = np.ones(3, np.float32), np.array([0, 1, 0, 2])
    assert idle.candidates(LABELS).all()
    assert idle.poisoned_waveform(waveform, "a.wav", 8000, in_training=True) is waveform
    assert np.array_equal(idle.poisoned_labels(list("wxyz"), numbers, list("abc")), numbers)
    assert list(idle.misfits(8000, 1.0)) == []
    assert idle.question("5 %") == "Idle, 5 % of the training poisoned"


def test_labels_alone_aim_at_nothing_without_a_target_and_noise_at_any_mistake():
    assert Idle().targets(LABELS).tolist() == [""] * 4
    assert Louder().targets(LABELS) is None


@pytest.mark.parametrize(
    ("sources", "aimed", "victims"),
    [
        (None, ["b", "b", "b", "b"], "other classes"),
        (["a"], ["b", "", "b", ""], "class a"),
        (["a", "c"], ["b", "", "b", "b"], "classes a, c"),
    ],
)
def test_a_target_is_aimed_at_from_its_sources(sources, aimed, victims):
    poison = Idle(target="b", sources=sources)
    assert poison.targets(LABELS).tolist() == aimed
    assert poison.victims == victims


def test_a_poison_has_to_be_described():
    with pytest.raises(TypeError, match="description"):
        Poison()
