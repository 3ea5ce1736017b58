"""An attack has a size of perturbation that fits its domain and budget."""

import math

import pytest

from tests.unit.config.changes import assert_refused, loaded, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("attacks/fgsm", "FGSM"), ["attacks.fgsm", "'FGSM'"]),
        (put("attacks/fgsm/epz", [1]), ["attacks.fgsm.epz", "did you mean 'eps'", "class, params"]),
        (put("attacks/fgsm/eps", [-0.1]), ["attacks.fgsm.eps", "-0.1", "from 1e-12"]),
        (put("attacks/fgsm/eps", [math.nan]), ["attacks.fgsm.eps", "nan", "from 1e-12 to 1e+12"]),
        (put("attacks/fgsm/eps", [0.1, math.nan]), ["attacks.fgsm.eps", "nan", "from 1e-12"]),
        (put("attacks/fgsm/eps", ["nan"]), ["attacks.fgsm.eps", "nan", "from 1e-12"]),
        (put("attacks/fgsm/eps", [1e308]), ["attacks.fgsm.eps", "1e+308", "to 1e+12"]),
        (put("attacks/fgsm/eps", [-math.inf]), ["attacks.fgsm.eps", "-inf", "from 1e-12"]),
        (
            put("attacks/fgsm", {"class": "L2PGD", "domain": "waveform", "eps": [1e30]}),
            ["attacks.fgsm.eps", "1e+30", "to 1000"],
        ),
        (
            put(
                "attacks/fgsm",
                {"class": "L2PGD", "domain": "waveform", "budget": "snr", "eps": [math.nan]},
            ),
            ["attacks.fgsm.eps", "nan", "from -100 to 200"],
        ),
        (put("attacks/fgsm/eps", [0.1, 0.1]), ["attacks.fgsm.eps", "more than once: 0.1"]),
        (put("attacks/fgsm/eps", ["much"]), ["attacks.fgsm.eps.0", "'much'", "number"]),
        (put("attacks/fgsm/budget", "snr"), ["attacks.fgsm.budget", "domain: waveform"]),
        (
            put("attacks/fgsm", {"class": "L2PGD", "domain": "waveform", "budget": "snr"}),
            ["attacks.fgsm.eps", "list of ratios"],
        ),
        (put("attacks/fgsm/domain", "sound"), ["attacks.fgsm.domain", "'sound'", "'waveform'"]),
        (put("attacks/fgsm/targets", "all"), ["attacks.fgsm.targets", "'all'", "'every'"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)


@pytest.mark.parametrize(
    "more",
    [{"targets": "random"}, {"restarts": 2}, {"shards": 2}, {"after": ["pgd"]}],
    ids=lambda more: next(iter(more)),
)
def test_a_universal_attack_learns_once_and_aims_at_nothing(raw, more):
    universal = {"class": "Mine", "eps": [0.5], "universal": True}
    assert loaded(raw, "attacks/x", universal).attacks["x"].universal
    said = [f"{key}: {value}" for key, value in more.items()] + ["universal: true"]
    assert_refused(raw, put("attacks/x", universal | more), ["attacks.x", *said])


def test_without_eps_there_is_no_limit(raw):
    assert loaded(raw, "attacks/x", {"class": "L2DeepFoolAttack"}).attacks["x"].eps == [math.inf]


def test_ratios_may_be_negative(raw):
    quiet = {"class": "L2PGD", "domain": "waveform", "budget": "snr", "eps": [-10, 0]}
    assert loaded(raw, "attacks/x", quiet).attacks["x"].eps == [-10, 0]
