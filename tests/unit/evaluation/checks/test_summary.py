"""A study's checks are joined with its evaluations."""

import numpy as np
import pytest

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.core.tables.base import Described
from mishear.core.tables.checks import CHECKS
from mishear.core.tables.evaluation import RESULTS
from mishear.defences.defended import DefendedVictim
from mishear.defences.filters import AverageSmoothing
from mishear.evaluation.checks.experiments import is_one_step
from mishear.evaluation.checks.findings import (
    CHANGES_LITTLE,
    FALLS_WITH_EPS,
    FINDS_PLANTED,
    NO_WEAKER,
    TRANSFER,
)
from mishear.evaluation.checks.runs import (
    ONE_STEP,
    Run,
    write_runs,
)
from mishear.evaluation.checks.summary import (
    check_rows,
    input_checks,
    waveform_checks,
    waveform_keys,
)
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.results import Results
from mishear.evaluation.transfer import Transferred, judge_transferred
from tests.unit.conftest import result_row
from tests.unit.evaluation.checks.conftest import (
    BATCHES,
    PGD,
    attack,
    baselines,
    ran,
)
from tests.unit.evaluation.conftest import BOUNDS, recordings_of

pytestmark = pytest.mark.usefixtures("one_thread")


def waveform_evaluation(tmp_path, attack, eps, right, budget="snr", one_step=False):
    """An evaluation that leaves some of 60 recordings correct."""
    rows = [result_row(str(n), "a", "a", "a" if n < right else "b") for n in range(60)]
    file = tmp_path / f"{attack}-{eps}.csv"
    RESULTS.write(rows, file)
    victim = {
        "corpus": "c",
        "front_end": "f",
        "network": "n",
        "recipe": "r",
        "seed": 0,
        "fold": None,
    }
    keys = {"victim": victim, "defence": "none", "attack": attack, "eps": eps, "norm": "linf"}
    return Described(keys | {"budget": budget, "one_step": one_step, "scores_only": False}, file)


def longer_check(tmp_path, counts):
    """A check of ``pgd`` on 60 recordings, by eps how many are left correct."""
    names = [str(number) for number in range(60)]
    runs = [
        Run(
            f"at {eps}",
            eps,
            "linf",
            dict.fromkeys(names, True),
            {name: int(name) < right for name in names},
            "5 to 10 iterations",
        )
        for eps, right in counts.items()
    ]
    write_runs(runs, tmp_path / "longer.csv")
    evaluation = waveform_evaluation(tmp_path, "pgd", 0, 60)
    keys = {key: evaluation.keys[key] for key in ("victim", "defence", "attack")}
    return Described(keys, tmp_path / "longer.csv")


def test_the_check_against_one_step_does_not_depend_on_how_its_class_is_named(tmp_path):
    fast = build_attack(
        {"class": "tests.unit.evaluation.checks.test_experiments.MyFastAttack", "params": {}}
    )
    evaluations = [
        waveform_evaluation(tmp_path, "mine", 20, 30, one_step=is_one_step(fast)),
        waveform_evaluation(tmp_path, "pgd", 20, 59),
    ]
    rows = check_rows(waveform_checks([], evaluations))
    (row,) = [row for row in rows if row["check"] == NO_WEAKER[ONE_STEP]]
    assert (row["attack"], row["verdict"]) == ("pgd", "failure")


def test_of_several_attacks_of_one_step_the_strongest_counts(tmp_path):
    evaluations = [
        waveform_evaluation(tmp_path, "weak", 20, 58, one_step=True),
        waveform_evaluation(tmp_path, "strong", 20, 5, one_step=True),
        waveform_evaluation(tmp_path, "weaker", 20, 59, one_step=True),
        waveform_evaluation(tmp_path, "pgd", 20, 50),
    ]
    rows = check_rows(waveform_checks([], evaluations))
    (row,) = [row for row in rows if row["check"] == NO_WEAKER[ONE_STEP]]
    assert row["verdict"] == "failure"


def test_a_studys_checks_are_joined_with_its_evaluations(tmp_path, planted):
    recordings = recordings_of(planted)
    honest = AverageSmoothing(BOUNDS)
    place = {
        "victim": {"corpus": "a", "front_end": "mel", "network": "net", "recipe": "standard"}
        | {"seed": 0, "fold": None},
        "defence": "average",
    }
    checks = []
    attacked = ran(planted, PGD, honest)
    for name, runs in (("pgd", attacked), (None, baselines(planted, [attacked], honest))):
        file = tmp_path / f"{name}.csv"
        write_runs(runs.values(), file)
        checks.append(Described({**place, "attack": name}, file))
    evaluations = []
    victim = DefendedVictim(planted.network, [honest]).eval()
    for eps in (0.5, 0.95):
        for source in (None, "standard"):
            attacked = DefendedVictim(planted.network) if source else victim
            threat = Threat.of(PGD, eps, BOUNDS)
            rows, made = attack_recordings(
                attacked, PGD, recordings, threat, BATCHES, keep_examples=True
            )
            if source:
                transferred = Transferred(np.concatenate(made), Results(rows))
                rows = judge_transferred(victim, recordings, transferred, BATCHES)
            file = tmp_path / f"{eps}-{source}.csv"
            RESULTS.write(rows, file)
            keys = {**place, "attack": "pgd", "eps": eps, "source": source}
            evaluations.append(Described(keys, file))
    (tmp_path / "bounds.json").write_text('{"unit": "dB"}')
    bounds = [Described({"front_end": "mel"}, tmp_path / "bounds.json")]
    found = check_rows(input_checks(checks, evaluations, bounds))
    told = {row["check"]: row["verdict"] for row in found}
    assert told[TRANSFER] == told[FALLS_WITH_EPS] == "no failure found"
    assert {row["attack"] for row in found} == {"pgd"}
    assert {row["defence"] for row in found} == {"average"}
    CHECKS.write(found, tmp_path / "checks.csv")
    lines = (tmp_path / "checks.csv").read_text().splitlines()
    assert len(lines) == 1 + len(found) == 10


@pytest.mark.parametrize(
    ("counts", "verdicts"),
    [
        (
            {"fgsm": [50, 30], "pgd": [40, 10]},
            ["no failure found"] * 3,
        ),
        ({"fgsm": [50, 30], "pgd": [40, 59]}, ["no failure found", "failure", "failure"]),
        ({"fgsm": [20, 50], "pgd": [55, 10]}, ["failure", "no failure found", "failure"]),
    ],
)
def test_attacks_on_the_waveform_get_stronger_with_noise_and_steps(tmp_path, counts, verdicts):
    evaluations = [
        waveform_evaluation(tmp_path, attack, eps, right, one_step=attack == "fgsm")
        for attack, numbers in counts.items()
        for eps, right in zip((40, 20), numbers, strict=True)
    ]
    rows = check_rows(waveform_checks([], evaluations))
    assert [(row["attack"], row["check"]) for row in rows] == [
        ("fgsm", "accuracy falls with eps"),
        ("pgd", "accuracy falls with eps"),
        ("pgd", "no weaker than one step"),
    ]
    assert [row["verdict"] for row in rows] == verdicts
    assert "dB SNR" in rows[0]["evidence"]


def test_attacks_of_another_budget_are_not_compared(tmp_path):
    evaluations = [
        waveform_evaluation(tmp_path, "fgsm", 20, 30, one_step=True),
        waveform_evaluation(tmp_path, "pgd", 20, 50, budget="eps"),
    ]
    rows = check_rows(waveform_checks([], evaluations))
    assert {row["check"] for row in rows} == {"accuracy falls with eps"}


@pytest.mark.parametrize(
    ("longer", "verdict", "evidence"),
    [
        (
            {40: 40, 20: 9},
            "cannot tell",
            "accuracy 0.167, then 0.150 (5 to 10 iterations), at 20 dB SNR",
        ),
        (
            {40: 30, 20: 10},
            "failure",
            "accuracy 0.667, then 0.500 (5 to 10 iterations), at 40 dB SNR",
        ),
    ],
)
def test_more_iterations_on_the_waveform_are_judged_where_they_find_most(
    tmp_path, longer, verdict, evidence
):
    evaluations = [
        waveform_evaluation(tmp_path, "pgd", eps, right) for eps, right in ((40, 40), (20, 10))
    ]
    check = longer_check(tmp_path, longer)
    rows = check_rows(waveform_checks([check], evaluations))
    (row,) = [row for row in rows if row["check"] == CHANGES_LITTLE]
    assert (row["verdict"], row["n"]) == (verdict, 60)
    assert row["evidence"] == f"{evidence}, of 2 limits the closest to a failure"


def test_one_step_is_compared_at_every_limit_and_the_nearest_is_shown(tmp_path):
    counts = {("fgsm", 60): 50, ("fgsm", 40): 40, ("pgd", 60): 49, ("pgd", 40): 10}
    evaluations = [
        waveform_evaluation(tmp_path, attack, eps, right, one_step=attack == "fgsm")
        for (attack, eps), right in counts.items()
    ]
    rows = check_rows(waveform_checks([], evaluations))
    (row,) = [row for row in rows if row["check"] == NO_WEAKER[ONE_STEP]]
    assert row["verdict"] == "no failure found"
    assert row["evidence"] == (
        "accuracy 0.817, under one step 0.833, at 60 dB SNR, of 2 limits the closest to a failure"
    )


def test_what_needs_a_gradient_does_not_apply_to_a_victim_that_gives_only_scores(tmp_path):
    told = [
        Described(each.keys | {"scores_only": True}, each.file)
        for each in (waveform_evaluation(tmp_path, "pgd", eps, 30) for eps in (40, 20))
    ]
    rows = check_rows(waveform_checks([longer_check(tmp_path, {40: 30, 20: 30})], told))
    verdicts = {row["check"]: row["verdict"] for row in rows}
    assert len(rows) == len(verdicts) == 4
    assert verdicts[NO_WEAKER[ONE_STEP]] == verdicts[FINDS_PLANTED] == "not applicable"
    assert "not applicable" not in (verdicts[FALLS_WITH_EPS], verdicts[CHANGES_LITTLE])


def test_facts_of_attacks_are_added_to_the_keys_of_their_evaluations():
    attacks = {"fgsm": attack("LinfFastGradientAttack"), "pgd": attack("L2PGD", steps=20)}
    keys = waveform_keys([{"attack": "pgd", "eps": 1.0}, {"attack": "fgsm", "eps": 2.0}], attacks)
    assert keys == [
        {"attack": "pgd", "eps": 1.0, "norm": "l2", "one_step": False},
        {"attack": "fgsm", "eps": 2.0, "norm": "linf", "one_step": True},
    ]
