"""Threat models: what is known and spent."""

import pytest

from mishear.report.card.threats import threat_of
from mishear.study.card import used_config
from tests.unit.study.configs import NOISY, PLAIN, config

ROW = {"front_end": "mel", "attack": "a", "eps": 0.5, "gradient": "exact", "source": None}
ROW |= {"domain": "spectrogram", "norm": "linf", "budget": "eps"}


def threat(definition, **row):
    found = used_config(CONFIG)
    found["attacks"] = {"a": {"restarts": 1, "targets": "untargeted", **definition}}
    return threat_of(ROW | row, found, "dB")


CONFIG = config(PLAIN | NOISY)


@pytest.mark.parametrize(
    ("definition", "queries"),
    [
        ({"class": "mishear.attacks.autoattack.LinfSquare", "params": {"queries": 50}}, 50),
        (
            {
                "class": "mishear.attacks.autoattack.LinfSquare",
                "params": {"queries": 50, "restarts": 2},
                "restarts": 3,
            },
            300,
        ),
        ({"class": "LinfPGD", "params": {}}, None),
    ],
)
def test_queries_of_all_attempts_are_counted(definition, queries):
    assert threat(definition).queries == queries


def test_knowledge_is_that_of_the_attack():
    square = {"class": "mishear.attacks.autoattack.LinfSquare", "params": {}}
    pgd = {"class": "LinfPGD", "params": {}}
    assert threat(square).knowledge == "black box"
    assert threat(pgd).knowledge == "white box"
    auto = {"class": "mishear.attacks.autoattack.LinfAutoAttack", "params": {}}
    assert threat(auto).knowledge == "white box"
    noise = {"class": "LinfRepeatedAdditiveUniformNoiseAttack", "params": {}}
    assert threat(noise).knowledge == "black box"
    assert threat(pgd, source="standard").knowledge == "transfer"
    assert threat(pgd, source="standard").id.endswith("/standard")


@pytest.mark.parametrize(
    ("row", "unit"),
    [
        ({}, "dB"),
        ({"domain": "waveform"}, "full scale"),
        ({"domain": "waveform", "budget": "snr"}, "dB"),
    ],
)
def test_eps_has_the_unit_of_what_is_changed(row, unit):
    assert threat({"class": "LinfPGD", "params": {}}, **row).unit == unit


def test_a_poison_needs_no_knowledge_and_a_corruption_is_no_threat():
    found = used_config(CONFIG)
    poison = ROW | {"attack": "noise", "domain": "waveform", "budget": None}
    assert threat_of(poison, found, "dB").knowledge == "none"
    assert threat_of(poison, found, "dB").class_name.endswith("UniformNoise")
    assert threat_of(ROW | {"attack": None}, found, "dB") is None
