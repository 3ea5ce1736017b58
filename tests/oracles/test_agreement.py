"""Mishear's attacks do what those of other libraries do, on one victim trained on real speech."""

import functools
import re
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from mishear.attacks import Outcome, attack_batch, build_attack, judge

from .conftest import REPOSITORY, REQUIREMENTS

pytestmark = pytest.mark.xdist_group("oracles")

PEERS = ["torchattacks", "art", "advertorch"]
FGSM_EPS = [0.05, 0.25, 0.5, 0.95]
PGD_EPS = {"pgd-paper": [0.05, 0.25, 0.95], "pgd": [0.25, 0.5]}

RESCALING = 1e-4
"""Largest difference (dB) that [0, 1] and back makes in float32; 1.3e-5 was seen."""

CW_EVERY = 5
"""Carlini-Wagner gets every fifth recording."""
CW = {"confidence": 0, "initial_const": 0.001, "abort_early": True, "steps": 200}
L2_TOLERANCE = 0.01
"""Relative difference of median L2 norms; 4e-4 was seen, over three victims."""


@pytest.fixture(scope="package")
def ours(test_bed, attacks):
    """Function that gives the outcomes of a shipped attack, made once, for a list of eps."""

    @functools.cache
    def outcomes(name: str, *eps: float) -> list[Outcome]:
        return _outcomes(test_bed, _without_random_start(attacks[name]), eps)

    return outcomes


def _without_random_start(definition: dict) -> dict:
    if definition["class"] != "LinfPGD":
        return definition
    return definition | {"params": definition["params"] | {"random_start": False}}


def _outcomes(bed, definition: dict, eps) -> list[Outcome]:
    attack = build_attack(definition)
    return [
        attack_batch(bed.model, attack, bed.inputs, bed.labels, size, bed.bounds, seed=0)
        for size in eps
    ]


def _judged(bed, returned, eps: float, norm: str) -> Outcome:
    outcome = judge(bed.model, bed.inputs, returned, eps, norm, bed.bounds)
    assert outcome.rejected == [""] * len(bed.inputs)
    return outcome


def _correct(bed, outcome: Outcome) -> int:
    return int((outcome.adversarial_prediction == bed.labels.numpy()).sum())


def test_the_victim_is_worth_attacking(test_bed):
    predicted = test_bed.model(test_bed.inputs).argmax(1)
    assert len(predicted) >= 200
    assert (predicted == test_bed.labels).float().mean() >= 0.8


@pytest.mark.parametrize("peer", PEERS)
def test_fgsm_agrees_on_every_recording(peer, ask_peer, test_bed, attacks, ours):
    answers = ask_peer(peer, "fgsm", test_bed, attacks["fgsm"]["params"], FGSM_EPS)
    for eps, answer, own in zip(FGSM_EPS, answers, ours("fgsm", *FGSM_EPS), strict=True):
        theirs = _judged(test_bed, answer, eps, "linf")
        assert (own.adversarial - theirs.adversarial).abs().max() < RESCALING
        assert np.array_equal(own.adversarial_prediction, theirs.adversarial_prediction)


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("name", PGD_EPS)
def test_pgd_without_random_start_agrees_within_one_recording(
    name, peer, ask_peer, test_bed, attacks, ours
):
    """Not on every value: the sign of a gradient near zero is up to rounding, step by step."""
    params = _without_random_start(attacks[name])["params"]
    answers = ask_peer(peer, "pgd", test_bed, params, PGD_EPS[name])
    for eps, answer, own in zip(PGD_EPS[name], answers, ours(name, *PGD_EPS[name]), strict=True):
        theirs = _judged(test_bed, answer, eps, "linf")
        assert abs(_correct(test_bed, own) - _correct(test_bed, theirs)) <= 1


@pytest.mark.parametrize(
    ("stepsize", "search_steps", "survivors"),
    [(0.01, 9, False), (0.001, 9, False), (0.001, 5, True)],
    ids=["shipped", "small steps", "too few search steps"],
)
def test_carlini_wagner_agrees_in_accuracy_and_l2(
    stepsize, search_steps, survivors, ask_peer, test_bed, attacks
):
    """advertorch gives back the recording itself where it finds nothing, Foolbox gives zeros."""
    bed = replace(
        test_bed, inputs=test_bed.inputs[::CW_EVERY], labels=test_bed.labels[::CW_EVERY]
    )
    params = CW | {"stepsize": stepsize, "binary_search_steps": search_steps}
    (own,) = _outcomes(bed, {"class": "L2CarliniWagnerAttack", "params": params}, [np.inf])
    (answer,) = ask_peer("advertorch", "cw", bed, params, [np.inf])
    theirs = _judged(bed, answer, np.inf, "l2")
    assert np.array_equal(own.adversarial_prediction, theirs.adversarial_prediction)
    assert any(own.rejected) == survivors
    assert (_correct(bed, own) > 0) == survivors
    broken = own.adversarial_prediction != bed.labels.numpy()
    assert np.median(own.l2[broken]) == pytest.approx(
        np.median(theirs.l2[broken]), rel=L2_TOLERANCE
    )
