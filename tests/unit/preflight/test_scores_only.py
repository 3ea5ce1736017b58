"""What needs a gradient, or is no waveform, is refused on models that give only scores, by name."""

import pytest
from foolbox.attacks import LinfPGD

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.preflight.scores_only import check_scores_only


class Stated(LinfPGD):
    """An attack of the user's that says that it follows no gradient."""

    uses_gradient = False


SQUARE = {
    "class": "mishear.attacks.autoattack.LinfSquare",
    "domain": "waveform",
    "budget": "snr",
    "eps": [40],
}


@pytest.fixture
def raw(raw):
    """A study of a network and of a model that gives only scores, both on the waveform."""
    raw["front_ends"]["samples"] = {"class": "Waveform", "sample_rate": 8000}
    raw["networks"] |= {
        "m5": {"class": "M5"},
        "mine": {"command": ["serve"], "labels": ["a", "b"], "attacks": ["search"]},
    }
    raw["attacks"] |= {"search": SQUARE, "step": SQUARE | {"class": "LinfFastGradientAttack"}}
    raw["study"] |= {
        "front_ends": ["samples"],
        "networks": ["m5", "mine"],
        "recipes": ["standard"],
        "attacks": ["step"],
    }
    return raw


def test_a_search_on_the_waveform_is_fine_and_so_are_the_attacks_of_other_networks(raw):
    raw["transfer"] = {"attacks": ["step"]}
    raw["attacks"]["search"]["class"] = f"{__name__}.Stated"
    check_scores_only(load(raw))
    raw["study"] |= {"networks": ["m5"], "attacks": ["pgd"]}
    check_scores_only(load(raw))


def own(raw):
    del raw["networks"]["mine"]["attacks"]


def own_attack(raw):
    raw["networks"]["mine"]["attacks"] = ["step"]


def on_inputs(raw):
    raw["attacks"]["search"] = SQUARE | {"domain": "spectrogram", "budget": "eps"}


def targeted(raw):
    raw["targeted"] = {"attacks": ["step"]}


def inverted(raw):
    raw["listening"] = {"recognisers": [], "inversion": {"attacks": ["pgd"]}}


def sources(raw):
    raw["transfer"] = {"attacks": ["step"], "sources": ["samples/mine/trained"]}


def spectrograms(raw):
    raw["study"]["front_ends"] = ["samples", "mel64"]


def behind_a_defence(raw):
    raw["study"]["defences"] = ["none", "average"]
    raw["defences"] = {"average": {"class": "AverageSmoothing", "attacks": ["step"]}}


def of_the_user(raw):
    raw["attacks"]["search"] = SQUARE | {"class": f"{__name__}.LinfPGD"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (own, "study.attacks: 'step' (LinfFastGradientAttack) follows the gradient, and network"),
        (own_attack, "networks.mine.attacks: 'step' (LinfFastGradientAttack) follows the gradi"),
        (of_the_user, f"networks.mine.attacks: 'search' ({__name__}.LinfPGD) follows the gradi"),
        (behind_a_defence, "defences.average.attacks: 'step' (LinfFastGradientAttack) follows"),
        (on_inputs, "Set attacks.search.domain: waveform."),
        (targeted, "targeted.attacks: 'step' (LinfFastGradientAttack) follows the gradient"),
        (inverted, "listening.inversion.attacks: 'pgd' (LinfPGD) follows the gradient"),
        (sources, "transfer.sources: 'step' (LinfFastGradientAttack) follows the gradient"),
        (spectrograms, "takes waveforms, but front end 'mel64' is MelSpectrogram"),
    ],
)
def test_each_is_refused_with_its_key_and_what_to_use_instead(raw, change, said):
    change(raw)
    with pytest.raises(UserError) as caught:
        check_scores_only(load(raw))
    assert said in str(caught.value) and "1 mistake:" in str(caught.value)
