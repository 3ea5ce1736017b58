"""Attacks and baselines are run as a check needs them, and the checks tell good from bad."""

import re

import pandas as pd
import pytest
from foolbox.attacks import LinfFastGradientAttack

from mishear.attacks.building import build_attack
from mishear.defences.base import Defence
from mishear.defences.filters import AverageSmoothing
from mishear.evaluation.checks.experiments import is_one_step
from mishear.evaluation.checks.findings import (
    CHANGES_LITTLE,
    FALLS_WITH_EPS,
    FINDS_PLANTED,
    NO_WEAKER,
    PASSES_UNIT_TEST,
    REACHES_ZERO,
    findings,
)
from mishear.evaluation.checks.masking import masks_gradients
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
)
from mishear.evaluation.checks.verdicts import decided
from mishear.report.checks import masking
from tests.unit.evaluation.checks.conftest import (
    PAPERS_PGD,
    PGD,
    attack,
    baselines,
    ran,
    verdicts,
)
from tests.unit.evaluation.conftest import BOUNDS, recordings_of

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize(
    ("name", "params", "one_step"),
    [
        ("LinfFastGradientAttack", {}, True),
        ("FGSM", {}, True),
        ("foolbox.attacks.LinfFastGradientAttack", {}, True),
        ("foolbox.attacks.fast_gradient_method.L2FastGradientAttack", {}, True),
        ("tests.unit.evaluation.checks.test_experiments.MyFastAttack", {}, True),
        ("LinfPGD", {"steps": 1}, True),
        ("LinfPGD", {"steps": 2}, False),
        ("L2CarliniWagnerAttack", {}, False),
        ("mishear.attacks.autoattack.LinfSquare", {}, False),
    ],
)
def test_one_step_is_recognised_from_the_attack_itself(name, params, one_step):
    assert is_one_step(build_attack({"class": name, "params": params})) == one_step


class MyFastAttack(LinfFastGradientAttack):
    """An attack of the user's own."""


class Coarse(Defence):
    """Rounds to 0.25 dB, and claims that its gradient is of use."""

    def transform(self, spectrograms):
        return (spectrograms * 4).round() / 4


def test_every_run_is_of_the_same_recordings_and_says_what_it_spent(planted, undefended):
    runs = ran(planted, PGD)
    assert list(runs) == [CONFIGURED, UNIT_TEST, PLANTED, SAMPLED, LONGER, UNBOUNDED]
    assert runs[LONGER].note == "40 to 160 iterations"
    assert runs[UNBOUNDED].eps == BOUNDS[1] - BOUNDS[0]
    assert {name: run.note for name, run in undefended.items()} == {
        ONE_STEP: "",
        NOISE: "20 repeats",
    }
    names = set(recordings_of(planted).names)
    of_recordings = [run for name, run in runs.items() if name not in (UNIT_TEST, PLANTED, SAMPLED)]
    for run in [*undefended.values(), *of_recordings]:
        assert set(run.correct_adversarial) == set(run.correct_clean) == names
        assert all(run.correct_clean.values())


def test_a_black_box_is_spent_on_what_compared_attacks_left_and_its_queries_are_counted(planted):
    weak, sound = ran(planted, PAPERS_PGD), ran(planted, PGD)
    elsewhere = ran(planted, attack("L2PGD", rel_stepsize=0.1, steps=5))
    left = {name for name, each in weak[CONFIGURED].correct_adversarial.items() if each}
    assert left and not sound[CONFIGURED].left and elsewhere[CONFIGURED].left
    box = baselines(planted, [weak, sound, elsewhere])[BLACK_BOX]
    assert set(box.correct_adversarial) == left
    spent = re.fullmatch(r"up to 500 queries for a recording, ([\d,]+) in all", box.note)[1]
    assert len(left) < int(spent.replace(",", "")) < 500 * len(left), (
        "a broken one is queried no more"
    )
    assert BLACK_BOX not in baselines(planted, [sound])


def test_the_papers_pgd_fails_where_pgd_with_a_growing_step_passes(planted, undefended):
    both = [ran(planted, definition) for definition in (PAPERS_PGD, PGD)]
    papers, sound = (verdicts(findings(runs, baselines(planted, both), [], {})) for runs in both)
    failed = {check for check, found in papers.items() if found == "failure"}
    assert {
        REACHES_ZERO,
        CHANGES_LITTLE,
        NO_WEAKER[ONE_STEP],
        NO_WEAKER[BLACK_BOX],
        PASSES_UNIT_TEST,
    } <= failed
    assert set(sound.values()) == {"no failure found", "not applicable"}
    assert [check for check, found in sound.items() if found == "not applicable"] == [
        FALLS_WITH_EPS
    ]


@pytest.mark.parametrize(
    ("definition", "applicable"),
    [
        (attack("LinfFastGradientAttack"), {PASSES_UNIT_TEST, FINDS_PLANTED}),
        (
            attack("L2PGD", rel_stepsize=0.1, steps=20),
            {REACHES_ZERO, CHANGES_LITTLE, PASSES_UNIT_TEST, FINDS_PLANTED},
        ),
        (
            attack("SparseL1DescentAttack", rel_stepsize=0.1, steps=20),
            {REACHES_ZERO, CHANGES_LITTLE, PASSES_UNIT_TEST},
        ),
        (
            attack("L2DeepFoolAttack"),
            {REACHES_ZERO, CHANGES_LITTLE, PASSES_UNIT_TEST, FINDS_PLANTED},
        ),
        (
            attack("mishear.attacks.autoattack.LinfAPGD", steps=20),
            {
                REACHES_ZERO,
                CHANGES_LITTLE,
                NO_WEAKER[ONE_STEP],
                NO_WEAKER[NOISE],
                NO_WEAKER[BLACK_BOX],
                PASSES_UNIT_TEST,
                FINDS_PLANTED,
            },
        ),
    ],
    ids=lambda value: value["class"].rpartition(".")[2] if isinstance(value, dict) else "",
)
def test_sound_attacks_of_every_kind_pass_what_applies(planted, undefended, definition, applicable):
    """An eps in L2 or L1 is never compared with one of L-infinity, nor called without a limit."""
    found = verdicts(findings(ran(planted, definition), undefended, [], {}))
    assert {check for check, value in found.items() if value == "no failure found"} == applicable
    assert "failure" not in found.values()


def test_a_minimisation_that_stops_early_is_caught_by_the_size_of_its_changes(planted):
    """It leaves nothing correct, however few its steps are."""
    definition = attack("L2CarliniWagnerAttack", steps=30, stepsize=0.2, binary_search_steps=5)
    found = findings(ran(planted, definition), baselines(planted, []), [], {})
    told = verdicts(found)
    assert told[REACHES_ZERO] == "no failure found"
    assert told[CHANGES_LITTLE] == told[FINDS_PLANTED] == "failure"


def test_a_defence_that_masks_its_gradient_is_caught(planted):
    masked = Coarse(BOUNDS)
    runs = ran(planted, PGD, masked)
    found = findings(runs, baselines(planted, [runs], masked), [], {})
    told = verdicts(found)
    assert told[FINDS_PLANTED] == "failure"
    assert told[REACHES_ZERO] == told[NO_WEAKER[BLACK_BOX]] == "failure"
    assert told[PASSES_UNIT_TEST] == "no failure found", "the attack itself is sound"
    assert masks_gradients({"pgd": decided(found)})


def test_an_honest_defence_is_not_accused(planted):
    honest = AverageSmoothing(BOUNDS)
    runs = ran(planted, PGD, honest)
    found = findings(runs, baselines(planted, [runs], honest), [], {})
    assert not masks_gradients({"pgd": decided(found)})
    assert verdicts(found)[REACHES_ZERO] == "no failure found"


def test_a_weak_attack_accuses_no_honest_defence(planted):
    """What it fails without a defence as well says nothing of the defence."""
    rows = []
    for name, chain in (("none", []), ("average", [AverageSmoothing(BOUNDS)])):
        runs = ran(planted, PAPERS_PGD, *chain)
        found = decided(findings(runs, baselines(planted, [runs], *chain), [], {}))
        if not chain:
            assert verdicts(found)[REACHES_ZERO] == "failure"
        rows += [
            {"recipe": "standard", "defence": name, "attack": "pgd", **vars(each)} for each in found
        ]
    assert masking(pd.DataFrame(rows), "standard") == set()


@pytest.mark.parametrize("defence", ["none", "average"])
def test_a_training_that_masks_gradients_is_caught_and_excuses_no_filter(planted, defence):
    """As after adversarial training with one step that was overfitted."""
    failed = [
        {"check": check, "verdict": "failure"} for check in (REACHES_ZERO, NO_WEAKER[BLACK_BOX])
    ]
    sound = [
        {"check": check, "verdict": "no failure found"}
        for check in (REACHES_ZERO, NO_WEAKER[BLACK_BOX])
    ]
    places = {("standard", "none"): sound, ("hardened", "none"): failed}
    places["hardened", defence] = failed
    rows = [
        {"recipe": recipe, "defence": before, "attack": "pgd", **row}
        for (recipe, before), found in places.items()
        for row in found
    ]
    assert masking(pd.DataFrame(rows), "standard") == {("hardened", "none"), ("hardened", defence)}


def test_inputs_without_room_for_a_plant_stop_nothing(planted, undefended):
    runs = ran(planted, PGD, eps=40)
    assert UNIT_TEST not in runs
    found = verdicts(findings(runs, undefended, [], {}))
    assert found[PASSES_UNIT_TEST] == "not applicable"
