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
    PLANTED,
    SAMPLED,
    UNBOUNDED,
    UNIT_TEST,
    Run,
)
from mishear.evaluation.checks.verdicts import decided
from mishear.runtime.batching import Batches
from tests.unit.evaluation.conftest import BOUNDS, CPU, recordings_of

BATCHES = Batches(seed=0, size=20, device=CPU)


def invented(left, n=100, name=CONFIGURED, eps=0.5, norm="linf", note=""):
    """A run that leaves the first recordings right."""
    names = [f"{number}.wav" for number in range(n)]
    after = {each: number < left for number, each in enumerate(names)}
    return Run(name, eps, norm, dict.fromkeys(names, True), after, note, "dB")


def by_name(*runs):
    return {run.name: run for run in runs}


BASELINES = by_name(
    invented(40, name=ONE_STEP), invented(100, name=NOISE), invented(20, n=20, name=BLACK_BOX)
)
SOUND = by_name(
    invented(20),
    invented(0, name=UNIT_TEST),
    invented(0, name=PLANTED),
    invented(100, name=SAMPLED),
    invented(20, name=LONGER, note="40 to 160"),
    invented(0, name=UNBOUNDED, eps=100),
)


def verdicts(found):
    """The verdict of each check, decided as if there were no others."""
    return {finding.check: finding.verdict for finding in decided(found)}


def attack(name, **params):
    return {"class": name, "params": params, "restarts": 1, "targets": "untargeted"}


PGD = attack("LinfPGD", rel_stepsize=0.05, steps=40)
PAPERS_PGD = attack("LinfPGD", abs_stepsize=0.1, steps=5)


def ran(planted, definition, *defences, eps=0.95):
    """Runs of an attack on the planted network behind defences."""
    victim = DefendedVictim(planted.network, defences).eval()
    subject = Subject(victim, recordings_of(planted), BOUNDS, BATCHES)
    return by_name(*attack_runs(subject, definition, eps, 4))


def baselines(planted, attacked, *defences, eps=0.95):
    victim = DefendedVictim(planted.network, defences).eval()
    subject = Subject(victim, recordings_of(planted), BOUNDS, BATCHES)
    return by_name(*baseline_runs(subject, eps, 20, 500, attacked))


@pytest.fixture(scope="module")
def undefended(planted):
    return baselines(planted, [])
