"""Chains of a config are built, described, or refused with the key that is wrong."""

import inspect

import pytest
import torch

from mishear import defences
from mishear.config.defences import Certificate
from mishear.core.errors import UserError
from mishear.defences.base import Defence
from mishear.defences.chains import build_defences, check_defence, gradient_of_chain
from mishear.defences.defended import DefendedVictim
from tests.unit.defences.examples import BOUNDS, DEFENCES, HIGH, LOW, defined


def test_every_defence_is_tested():
    found = {
        each
        for _, each in inspect.getmembers(defences, inspect.isclass)
        if issubclass(each, Defence) and each is not Defence
    }
    assert found == set(DEFENCES)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "exact"),
        (["MedianSmoothing", "AverageSmoothing"], "exact"),
        (
            ["MedianSmoothing", "JpegCompression"],
            "bpda, the identity or a differentiable JPEG as the surrogate",
        ),
        (["RandomisedSmoothing"], "eot, mean of 8 draws"),
        (
            ["RandomisedSmoothing", "FeatureSqueezing"],
            "RandomisedSmoothing: eot, mean of 8 draws; "
            "FeatureSqueezing: bpda, the identity as the surrogate",
        ),
    ],
)
def test_a_chain_states_how_its_gradient_is_had(names, said):
    assert gradient_of_chain([defined(name) for name in names]) == said


def test_a_single_draw_is_said_to_be_one():
    found = gradient_of_chain([defined("RandomisedSmoothing", votes=1, gradient_samples=1)])
    assert found == "eot, one draw"


def test_a_library_s_random_component_draws_and_has_a_bpda_surrogate():
    found = gradient_of_chain(
        [defined("mishear.libraries.defences.ArtPreprocessor", preprocessor="TotalVarMin")]
    )
    assert found == "eot, mean of 4 draws, the identity as the surrogate"


MISTAKES = {
    "no such class": (defined("MedianSmothing"), ["class", "MedianSmothing", "MedianSmoothing"]),
    "no such module": (defined("nowhere.Defence"), ["class", "nowhere", "working directory"]),
    "no defence": (defined("torch.nn.Identity"), ["class", "torch.nn.Identity", "derive from"]),
    "the base class": (defined("Defence"), ["class", "derive from"]),
    "unknown parameter": (defined("MedianSmoothing", siz=3), ["params.siz", "'size'"]),
    "bounds": (defined("MedianSmoothing", bounds=[0, 1]), ["params.bounds", "no such parameter"]),
    "no number": (defined("MedianSmoothing", size="three"), ["params.size", "'three'", "int"]),
    "even size": (defined("MedianSmoothing", size=4), ["MedianSmoothing", "4", "odd"]),
    "size 1": (defined("AverageSmoothing", size=1), ["AverageSmoothing", "at least 3"]),
    "no bits": (defined("FeatureSqueezing", bits=0), ["FeatureSqueezing", "bits is 0"]),
    "too many bits": (defined("FeatureSqueezing", bits=17), ["bits is 17"]),
    "quality 0": (defined("JpegCompression", quality=0), ["quality is 0"]),
    "quality 96": (defined("JpegCompression", quality=96), ["quality is 96", "1 to 95"]),
    "weight 0": (defined("TotalVariation", weight=0), ["weight must be above 0"]),
    "no iterations": (defined("TotalVariation", iterations=0), ["iterations at least 1"]),
    "sigma 0": (defined("RandomisedSmoothing", sigma=0), ["sigma must be above 0"]),
    "no votes": (defined("RandomisedSmoothing", votes=0), ["votes"]),
    "no draws": (defined("RandomisedSmoothing", gradient_samples=0), ["gradient_samples"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_key(mistake):
    definition, said = MISTAKES[mistake]
    with pytest.raises(UserError, match=r"^defences\.mine") as error:
        check_defence([definition], None, "defences.mine")
    for words in said:
        assert words in str(error.value)


SMOOTHING = defined("RandomisedSmoothing")
MEDIAN = defined("MedianSmoothing")


@pytest.mark.parametrize(
    "chain", [[MEDIAN], [MEDIAN, SMOOTHING], [SMOOTHING, SMOOTHING], [SMOOTHING, MEDIAN, SMOOTHING]]
)
def test_what_cannot_be_certified_is_refused(chain):
    check_defence(chain, None, "defences.mine")
    with pytest.raises(UserError, match=r"^defences\.mine\.certificate: only for Randomised"):
        check_defence(chain, Certificate(), "defences.mine")


@pytest.mark.parametrize("chain", [[SMOOTHING], [SMOOTHING, MEDIAN, defined("JpegCompression")]])
def test_what_can_be_certified_is_accepted(chain):
    check_defence(chain, Certificate(), "defences.mine")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A module of the user's with defences."""
    (tmp_path / "own_defences.py").write_text(
        "import torch\n"
        "from mishear.defences.base import Defence\n\n\n"
        "class Louder(Defence):\n"
        "    def __init__(self, bounds, by: float = 1.0):\n"
        "        super().__init__(bounds)\n"
        "        self.by = by\n\n"
        "    def transform(self, spectrograms):\n"
        "        return spectrograms + self.by\n\n\n"
        "class Bounded(Defence):\n"
        "    def transform(self, spectrograms):\n"
        "        return spectrograms.clamp(self.low, self.high)\n\n\n"
        "class Unbounded(Defence):\n"
        "    def __init__(self):\n"
        "        super().__init__((0, 1))\n\n\n"
        "class Misspelt(Defence):\n"
        "    gradient = 'BPDA'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("own")
def test_a_users_own_defence_is_built_from_its_dotted_path(victim, batch):
    chain = [defined("own_defences.Louder", by="2.5"), defined("own_defences.Bounded")]
    check_defence(chain, None, "defences.mine")
    louder, bounded = build_defences(chain, BOUNDS)
    assert torch.equal(louder(batch), batch + 2.5)
    assert bounded(batch + 500).max() == HIGH
    assert gradient_of_chain(chain) == "exact"
    assert torch.equal(
        DefendedVictim(victim, [louder, bounded])(batch), victim((batch + 2.5).clamp(LOW, HIGH))
    )


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("name", "said"), [("Unbounded", "bounds"), ("Misspelt", "'BPDA'.*exact, bpda, eot")]
)
def test_a_users_own_defence_is_refused_before_anything_runs(name, said):
    with pytest.raises(UserError, match=f"^defences\\.mine.*{said}"):
        check_defence([defined(f"own_defences.{name}")], None, "defences.mine")
