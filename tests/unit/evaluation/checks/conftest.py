"""What the tests of checks share: invented runs, and a network that is certainly attackable."""

import pytest

from mishear.defences.defended import DefendedVictim
from mishear.evaluation.checks.experiments import Subject, attack_runs, baseline_runs
from mishear.evaluation.checks.runs import (
    BLACK_BOX,
    CONFIGURED,
    LONGER,
    NOISE,
    ONE_STEP,
    UNBOUNDED,
    UNIT_TEST,
    Run,
)
from mishear.runtime.batching import Batches
from tests.unit.evaluation.conftest import BOUNDS, CPU, recordings_of

BATCHES = Batches(seed=0, size=20, device=CPU)


def invented(left, n=20, name=CONFIGURED, eps=0.5, norm="linf", note=""):
    """A run that leaves the first recordings right."""
    names = [f"{number}.wav" for number in range(n)]
    after = {each: number < left for number, each in enumerate(names)}
    return Run(name, eps, norm, dict.fromkeys(names, True), after, note)


def by_name(*runs):
    return {run.name: run for run in runs}


BASELINES = by_name(
    invented(8, name=ONE_STEP), invented(20, name=NOISE), invented(6, name=BLACK_BOX)
)
SOUND = by_name(
    invented(4),
    invented(0, name=UNIT_TEST),
    invented(4, name=LONGER, note="40 to 160"),
    invented(0, name=UNBOUNDED, eps=100),
)


def verdicts(found):
    return {finding.check: finding.verdict for finding in found}


def attack(name, **params):
    return {"class": name, "params": params, "restarts": 1, "targets": "untargeted"}


PGD = attack("LinfPGD", rel_stepsize=0.05, steps=40)
PAPERS_PGD = attack("LinfPGD", abs_stepsize=0.1, steps=5)


def ran(planted, definition, *defences, eps=0.95):
    """Runs of an attack on the planted network behind defences."""
    victim = DefendedVictim(planted.network, defences).eval()
    subject = Subject(victim, recordings_of(planted), BOUNDS, BATCHES)
    return by_name(*attack_runs(subject, definition, eps, 4))


def baselines(planted, *defences, eps=0.95):
    victim = DefendedVictim(planted.network, defences).eval()
    subject = Subject(victim, recordings_of(planted), BOUNDS, BATCHES)
    return by_name(*baseline_runs(subject, eps, 20, 500))


@pytest.fixture(scope="module")
def undefended(planted):
    return baselines(planted)
