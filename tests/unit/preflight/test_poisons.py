"""A poison is checked against its class, and against the corpora and front ends of its study."""

from pathlib import Path

import pytest
import yaml

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.preflight.poisons import check_poison

CONFIG = Path(__file__).parents[3] / "config" / "config.yaml"


def config(studied=True, **poison):
    raw = yaml.safe_load(CONFIG.read_text())
    raw["corpora"]["mine"] = {"source": "folder", "path": "p", "pattern": "(?P<label>.)"}
    raw["recipes"]["x"] = {"poison": {"rate": [0.1], **poison}}
    raw["study"]["recipes"] = ["standard", "x"] if studied else ["standard"]
    return raw


FLIP = {"class": "TargetedLabelFlip", "target": 1}
BACKDOOR = {"class": "Backdoor", "target": 0, "amplitude": [0.1]}
CLEAN = BACKDOOR | {"class": "CleanLabelBackdoor"}


@pytest.mark.parametrize(
    ("poison", "said"),
    [
        ({"class": "UniformNois", "amplitude": [1]}, ["poison.class", "Did you mean UniformNoise"]),
        (
            {"class": "collections.OrderedDict"},
            ["is not a poison", "derive from mishear"],
        ),
        ({"class": "Poison"}, ["is not a poison"]),
        ({"class": "UniformNoise"}, ["poison.amplitude", "changes the waveform"]),
        ({"class": "RandomLabelFlip", "amplitude": [1]}, ["poison.amplitude", "Remove"]),
        ({"class": "RandomLabelFlip", "target": 1}, ["poison.target", "aims at no class"]),
        ({"class": "TargetedLabelFlip"}, ["poison.target", "aims at a class"]),
        (BACKDOOR | {"sources": [1]}, ["poison.sources", "Remove"]),
        (FLIP | {"target": "ten"}, ["x.poison.target", "'ten'", "'espeak'", "Classes: 0, 1"]),
        (FLIP | {"sources": [2, "tow"]}, ["x.poison.sources", "'tow'"]),
        (BACKDOOR | {"params": {"frequency": 30000}}, ["params.frequency", "24000 Hz", "'mel64'"]),
        (BACKDOOR | {"params": {"position": 0.95}}, ["ends at 1.05 s", "'mel64'"]),
        (BACKDOOR | {"params": {"position": "middle"}}, ["params.position", "'middle'"]),
        (BACKDOOR | {"params": {"position": -1}}, ["refuses its params", "at least 0"]),
        (BACKDOOR | {"params": {"seconds": 0}}, ["refuses its params", "above 0"]),
        (BACKDOOR | {"params": {"reverse_speech": True}}, ["params.reverse_speech", "no such"]),
        (CLEAN | {"params": {"reverse_speech": "perhaps"}}, ["'perhaps'", "bool"]),
        (BACKDOOR | {"params": {"seed": 1}}, ["params.seed", "no such parameter"]),
    ],
)
def test_a_mistake_is_named_with_its_key(poison, said):
    with pytest.raises(UserError) as error:
        check_poison(load(config(**poison)), "x")
    for words in ["recipes.x.poison", *said]:
        assert words in str(error.value)


@pytest.mark.parametrize(
    "poison",
    [
        {"class": "UniformNoise", "amplitude": [0.1]},
        {"class": "mishear.poisoning.poisons.RandomLabelFlip"},
        FLIP,
        FLIP | {"sources": [2, 3]},
        BACKDOOR | {"params": {"position": "0.5", "frequency": "440"}},
        CLEAN | {"params": {"reverse_speech": True}},
    ],
)
def test_what_fits_is_accepted(poison):
    check_poison(load(config(**poison)), "x")


def test_classes_that_recordings_decide_are_not_looked_up():
    raw = config(**BACKDOOR | {"target": "yes"})
    raw["study"]["corpora"] = ["mine"]
    check_poison(load(raw), "x")
    raw["corpora"]["mine"]["classes"] = ["no", "maybe"]
    with pytest.raises(UserError, match="no class 'yes' in corpus 'mine'"):
        check_poison(load(raw), "x")


def test_a_poison_that_no_study_uses_is_not_held_to_its_corpora():
    check_poison(load(config(studied=False, **FLIP | {"target": "ten"})), "x")


def test_all_mistakes_of_a_poison_are_listed():
    poison = {"class": "RandomLabelFlip", "amplitude": [1], "target": 1}
    with pytest.raises(UserError, match=r"(?s)poison\.amplitude.*x\.poison\.target"):
        check_poison(load(config(**poison)), "x")
