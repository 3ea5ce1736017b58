"""A poison names its class, its rates, and what it aims at."""

import pytest

from mishear.config.loading import load
from tests.unit.config.changes import assert_refused, put


def flips(**poison):
    return put("recipes/flips", {"poison": {"class": "RandomLabelFlip", "rate": [0.1], **poison}})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            put("recipes/noise/poison", {"amplitude": [1], "rate": [1]}),
            ["recipes.noise.poison.class", "required"],
        ),
        (
            put("recipes/noise/poison", {"class": "UniformNoise"}),
            ["recipes.noise.poison.rate", "required"],
        ),
        *(
            (put("recipes/noise/poison/amplitude", [size]), ["recipes.noise.poison.amplitude.0"])
            for size in (1e30, 1001, float("nan"), 0)
        ),
        (put("recipes/noise/poison/kind", "uniform"), ["recipes.noise.poison.kind", "unknown key"]),
        (put("recipes/noise/poison/amplitud", 1), ["recipes.noise.poison.amplitud", "amplitude"]),
        (flips(sources=[1]), ["recipes.flips.poison", "sources need a target"]),
        (flips(target=1, sources=[1]), ["target '1' is among the sources"]),
        (flips(target=True), ["recipes.flips.poison.target", "in quotes"]),
        (flips(amplitude=[0]), ["recipes.flips.poison.amplitude.0", "0"]),
        (flips(amplitude=[]), ["recipes.flips.poison.amplitude", "1 item"]),
        (flips(rate=[1.5]), ["recipes.flips.poison.rate.0", "1.5"]),
        (flips(rate=[0.1, 0.1]), ["recipes.flips.poison.rate", "more than once: 0.1"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)


def test_classes_may_be_given_as_numbers(raw):
    flips(target=7, sources=[1, "2"])(raw)
    poison = load(raw).recipes["flips"].poison
    assert (poison.target, poison.sources) == ("7", ["1", "2"])


def test_a_poison_without_amplitude_has_one_step_in_its_sweep(raw):
    flips()(raw)
    recipes = load(raw).recipes
    assert recipes["flips"].poison.amplitudes == [None]
    assert recipes["noise"].poison.amplitudes == [0.001, 0.01, 0.1, 1.0]
