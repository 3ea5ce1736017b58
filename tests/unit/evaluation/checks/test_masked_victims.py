"""Victims that mask their gradients are flagged under weak attacks; sound evaluations are not."""

import pytest

from mishear.defences.defended import DefendedVictim
from mishear.evaluation.checks.experiments import Subject, attack_runs, baseline_runs
from mishear.evaluation.checks.findings import findings
from mishear.evaluation.checks.masking import masks_gradients
from mishear.evaluation.checks.verdicts import decided
from mishear.runtime.batching import Batches
from tests.unit.evaluation.checks import masked
from tests.unit.evaluation.checks.conftest import attack, by_name
from tests.unit.evaluation.conftest import CPU

pytestmark = pytest.mark.usefixtures("one_thread")

WEAK = attack("LinfPGD", rel_stepsize=0.25, steps=5)
STRONG = attack("LinfPGD", rel_stepsize=0.05, steps=40)
QUERIES = 300


@pytest.fixture(scope="module")
def plain():
    return masked.trained()


def checked(network, defences, definition):
    victim = DefendedVictim(network, defences).eval()
    subject = Subject(victim, masked.tested(), masked.BOUNDS, Batches(0, masked.TESTED, CPU))
    runs = by_name(*attack_runs(subject, definition, masked.EPS, more=2))
    assert runs["as configured"].n == masked.TESTED
    baselines = by_name(*baseline_runs(subject, masked.EPS, 5, QUERIES, [runs]))
    return decided(findings(runs, baselines, [], {}))


def failures(found):
    return {finding.check for finding in found if finding.verdict == "failure"}


@pytest.mark.parametrize("kind", masked.MASKED)
def test_a_victim_that_masks_its_gradients_is_flagged(plain, kind):
    found = checked(*masked.MASKED[kind](plain), WEAK)
    assert failures(found), found
    assert masks_gradients({"pgd": found})


@pytest.mark.parametrize("kind", masked.SOUND)
def test_a_sound_evaluation_is_not_flagged(plain, kind):
    found = checked(*masked.SOUND[kind](plain), STRONG)
    assert not failures(found), found
    assert not masks_gradients({"pgd": found})


def test_a_weak_attack_is_flagged_on_a_plain_victim_too(plain):
    assert failures(checked(plain, [], WEAK))
