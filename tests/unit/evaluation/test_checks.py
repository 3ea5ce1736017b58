"""Sanity checks: each tells a sound evaluation from one that deceives."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from foolbox.attacks import LinfFastGradientAttack
from hypothesis import given
from hypothesis import strategies as st

from mishear.attacks.building import build_attack, limit_of
from mishear.core.tables.evaluation import CHECKS, RESULTS
from mishear.defences.base import Defence
from mishear.defences.defended import DefendedVictim
from mishear.defences.filters import AverageSmoothing
from mishear.evaluation.attack_unit_test import plant
from mishear.evaluation.checks import (
    SIGNIFICANCE,
    Finding,
    Run,
    attack_runs,
    baseline_runs,
    changes_little,
    falls_with_eps,
    findings,
    hides_gradients,
    is_one_step,
    no_weaker,
    reaches_zero,
    read_runs,
    summarise_checks,
    summarise_waveform_checks,
    weaker,
    write_runs,
)
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import Recordings
from mishear.report.checks import masking
from tests.unit.conftest import result_row

BOUNDS = (-60.0, 40.0)
SHAPE = (16, 12)
CPU = torch.device("cpu")
HOW = {"seed": 0, "batch_size": 20, "device": CPU}
SPENT = {"noise_draws": 20, "queries": 500}

NO_LIMIT = "without a limit nothing is heard right"
LONGER = "more iterations change little"
FALLS = "accuracy falls with eps"
ONE_STEP = "no weaker than one step"
NOISE = "no weaker than random noise"
BLACK_BOX = "no weaker than a black box"
TRANSFER = "adaptive no weaker than transfer"
PLANTED = "breaks a planted network"


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def invented(left, n=20, name="as configured", eps=0.5, norm="linf", note=""):
    """A run that leaves the first recordings right."""
    names = [f"{number}.wav" for number in range(n)]
    after = {each: number < left for number, each in enumerate(names)}
    return Run(name, eps, norm, dict.fromkeys(names, True), after, note)


def by_name(*runs):
    return {run.name: run for run in runs}


BASELINES = by_name(
    invented(8, name="one step"), invented(20, name="random noise"), invented(6, name="black box")
)
SOUND = by_name(
    invented(4),
    invented(0, name="planted network"),
    invented(4, name="more iterations", note="40 to 160"),
    invented(0, name="no limit", eps=100),
)


def verdicts(found):
    return {finding.check: finding.verdict for finding in found}


def test_a_sound_attack_passes_everything():
    evaluations = [invented(9, eps=0.25), invented(4), invented(0, eps=1)]
    transfers = {run.eps: replace(run, after=dict.fromkeys(run.after, True)) for run in evaluations}
    found = findings(SOUND, BASELINES, evaluations, transfers)
    checks = [FALLS, NO_LIMIT, LONGER, ONE_STEP, NOISE, BLACK_BOX, TRANSFER, PLANTED]
    assert verdicts(found) == dict.fromkeys(checks, "pass")
    assert all(finding.n == 20 and finding.evidence for finding in found)


@pytest.mark.parametrize(
    ("runs", "failing"),
    [
        ([invented(1, name="no limit", eps=100)], NO_LIMIT),
        ([invented(2, name="more iterations", note="5 to 20")], LONGER),
        ([invented(14), invented(14, name="more iterations", note="5 to 20")], ONE_STEP),
        ([invented(1, name="planted network")], PLANTED),
    ],
)
def test_each_check_fails_by_itself(runs, failing):
    noise_only = {**BASELINES, "black box": invented(20, name="black box")}
    found = verdicts(findings(SOUND | by_name(*runs), noise_only, [invented(4)], {}))
    assert [check for check, verdict in found.items() if verdict == "fail"] == [failing]


def test_an_attack_weaker_than_noise_or_a_black_box_is_found():
    for name, check in (("random noise", NOISE), ("black box", BLACK_BOX)):
        base = BASELINES | by_name(invented(0, name=name, note="9 draws"))
        weak = SOUND | by_name(invented(9), invented(9, name="more iterations", note="5 to 20"))
        (found,) = [each for each in findings(weak, base, [], {}) if each.check == check]
        assert found.verdict == "fail"
        assert "0.450 against 0.000 (9 draws) at 0.5 dB, p = " in found.evidence


def test_an_adaptive_attack_weaker_than_a_transferred_one_is_found_at_any_eps():
    evaluations = [invented(4), invented(9, eps=1.0)]
    transfers = {0.5: invented(15), 1.0: invented(0, eps=1.0)}
    (found,) = [
        each
        for each in findings(SOUND, BASELINES, evaluations, transfers)
        if each.check == TRANSFER
    ]
    assert found.verdict == "fail"
    assert "at 1 dB" in found.evidence


def test_transfer_attacks_alone_have_nothing_to_be_compared_with():
    found = verdicts(findings(SOUND, BASELINES, [], {0.5: invented(15)}))
    assert TRANSFER not in found
    assert found[FALLS] == "not applicable"


@pytest.mark.parametrize(
    ("name", "params", "one_step"),
    [
        ("LinfFastGradientAttack", {}, True),
        ("FGSM", {}, True),
        ("foolbox.attacks.LinfFastGradientAttack", {}, True),
        ("foolbox.attacks.fast_gradient_method.L2FastGradientAttack", {}, True),
        ("tests.unit.evaluation.test_checks.MyFastAttack", {}, True),
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


def test_the_check_against_one_step_does_not_depend_on_how_its_class_is_named(tmp_path):
    fast = build_attack({"class": "tests.unit.evaluation.test_checks.MyFastAttack", "params": {}})
    evaluations = [
        waveform_evaluation(tmp_path, "mine", 20, 30, one_step=is_one_step(fast)),
        waveform_evaluation(tmp_path, "pgd", 20, 59),
    ]
    rows = list(summarise_waveform_checks(*zip(*evaluations, strict=True), [], []))
    (row,) = [row for row in rows if row["check"] == ONE_STEP]
    assert (row["attack"], row["verdict"]) == ("pgd", "fail")


def test_of_several_attacks_of_one_step_the_strongest_counts(tmp_path):
    evaluations = [
        waveform_evaluation(tmp_path, "weak", 20, 58, one_step=True),
        waveform_evaluation(tmp_path, "strong", 20, 5, one_step=True),
        waveform_evaluation(tmp_path, "weaker", 20, 59, one_step=True),
        waveform_evaluation(tmp_path, "pgd", 20, 50),
    ]
    rows = list(summarise_waveform_checks(*zip(*evaluations, strict=True), [], []))
    (row,) = [row for row in rows if row["check"] == ONE_STEP]
    assert row["verdict"] == "fail"


def test_one_step_has_no_iterations_to_judge():
    found = verdicts(findings(by_name(invented(8)), BASELINES, [invented(8)], {}))
    assert found == dict.fromkeys(
        [FALLS, NO_LIMIT, LONGER, ONE_STEP, NOISE, BLACK_BOX, PLANTED], "not applicable"
    )


def test_an_attack_without_an_eps_has_no_limit_as_configured():
    free = by_name(
        invented(0, eps=math.inf, norm="l2"),
        invented(0, name="more iterations", eps=math.inf, norm="l2", note="5 to 20"),
    )
    found = verdicts(findings(free, BASELINES, [], {}))
    assert found[NO_LIMIT] == "pass"
    assert found[LONGER] == "pass"
    assert found[BLACK_BOX] == "not applicable"


def test_an_eps_in_another_norm_is_not_compared():
    """0.5 dB in all is far less than 0.5 dB in every cell."""
    runs = {name: replace(run, norm="l2") for name, run in SOUND.items()}
    runs |= by_name(invented(20, norm="l2"))
    found = verdicts(findings(runs, BASELINES, [], {}))
    assert {found[check] for check in (ONE_STEP, NOISE, BLACK_BOX)} == {"not applicable"}


def test_accuracy_that_rises_with_eps_is_found():
    assert falls_with_eps([invented(9, eps=1), invented(2, eps=0.5)]).verdict == "fail"
    assert falls_with_eps([invented(9, eps=0.5), invented(2, eps=1)]).verdict == "pass"
    rising = [invented(9, eps=0.5), invented(2, eps=1), invented(9, eps=2)]
    assert falls_with_eps(rising).verdict == "fail"
    assert "0.450 at 2 dB, 0.100 at 1 dB" in falls_with_eps(rising).evidence


def test_chance_is_no_rise():
    assert falls_with_eps([invented(2, eps=0.5), invented(4, eps=1)]).verdict == "pass"


def test_a_single_eps_cannot_fall():
    assert falls_with_eps([invented(9)]).verdict == "not applicable"


def test_little_is_five_points():
    longer = invented(9, name="more iterations", note="5 to 20")
    for left, verdict in ((9, "pass"), (10, "pass"), (11, "fail"), (4, "pass")):
        assert changes_little(by_name(invented(left), longer)).verdict == verdict


def test_without_a_limit_one_recording_is_too_many():
    left = by_name(invented(4), invented(1, name="no limit"))
    found = reaches_zero(left)
    assert (found.verdict, found.evidence) == ("fail", "1 of 20 still heard right")


ANSWERS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40)


@given(ANSWERS)
def test_an_attack_is_never_weaker_than_itself_nor_two_than_each_other(pairs):
    before = {str(number): True for number in range(len(pairs))}
    one, other = (
        Run("x", 1, "linf", before, {str(number): pair[which] for number, pair in enumerate(pairs)})
        for which in (0, 1)
    )
    assert weaker(one, one) == 1
    assert not (weaker(one, other) < SIGNIFICANCE and weaker(other, one) < SIGNIFICANCE)
    if one.accuracy <= other.accuracy:
        assert no_weaker("x", one, other).verdict == "pass"


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_sign_test_is_that_of_the_binomial_distribution(wins, losses):
    names = [str(number) for number in range(wins + losses + 5)]
    before = dict.fromkeys(names, True)
    one = {name: number < wins for number, name in enumerate(names)}
    other = {name: wins <= number < wins + losses for number, name in enumerate(names)}
    n = wins + losses
    tail = sum(math.comb(n, k) for k in range(wins, n + 1)) / 2**n
    p = weaker(Run("x", 1, "linf", before, one), Run("y", 1, "linf", before, other))
    assert p == pytest.approx(tail)


def verdict(check, value):
    return Finding(check, value, 20, "")


@pytest.mark.parametrize(
    ("found", "hides"),
    [
        ({}, False),
        ({"pgd": [verdict(NO_LIMIT, "pass"), verdict(BLACK_BOX, "pass")]}, False),
        ({"pgd": [verdict(NO_LIMIT, "fail"), verdict(BLACK_BOX, "pass")]}, True),
        ({"pgd": [verdict(NO_LIMIT, "pass"), verdict(TRANSFER, "fail")]}, True),
        ({"fgsm": [verdict(NO_LIMIT, "not applicable"), verdict(ONE_STEP, "fail")]}, False),
        ({"pgd": [verdict(NO_LIMIT, "pass"), verdict(LONGER, "fail")]}, False),
        ({"pgd": [verdict(NO_LIMIT, "fail")], "apgd": [verdict(NO_LIMIT, "pass")]}, False),
        (
            {"pgd": [verdict(NO_LIMIT, "fail")], "fgsm": [verdict(NO_LIMIT, "not applicable")]},
            True,
        ),
    ],
)
def test_a_defence_hides_gradients_if_no_attack_on_it_can_be_trusted(found, hides):
    assert hides_gradients(found) is hides


class Coarse(Defence):
    """Rounds to 0.25 dB, and claims that its gradient is of use."""

    def transform(self, spectrograms):
        return (spectrograms * 4).round() / 4


def recordings_of(planted):
    values = planted.recordings.numpy()
    count = len(values)
    return Recordings(
        names=np.array([f"{number}.wav" for number in range(count)]),
        rows=np.arange(count),
        read=values.__getitem__,
        targets=planted.labels.numpy(),
        classes=[str(number) for number in range(10)],
    )


@pytest.fixture(scope="module")
def planted():
    """A linear network whose recordings are misheard from 0.57 dB on."""
    return plant(SHAPE, BOUNDS, eps=0.95, norm="linf")


def attack(name, **params):
    return {"class": name, "params": params, "restarts": 1, "targets": "untargeted"}


PGD = attack("LinfPGD", rel_stepsize=0.05, steps=40)
PAPERS_PGD = attack("LinfPGD", abs_stepsize=0.1, steps=5)


def ran(planted, definition, *defences, eps=0.95):
    """Runs of an attack on the planted network behind defences."""
    victim = DefendedVictim(planted.network, defences).eval()
    made = build_attack(definition)
    recordings, size = recordings_of(planted), limit_of(made, eps)
    return by_name(*attack_runs(victim, definition, made, recordings, BOUNDS, size, more=4, **HOW))


def baselines(planted, *defences, eps=0.95):
    victim = DefendedVictim(planted.network, defences).eval()
    runs = baseline_runs(victim, recordings_of(planted), BOUNDS, eps, **SPENT, **HOW)
    return by_name(*runs)


@pytest.fixture(scope="module")
def undefended(planted):
    return baselines(planted)


def test_every_run_is_of_the_same_recordings_and_says_what_it_spent(planted, undefended):
    runs = ran(planted, PGD)
    assert list(runs) == ["as configured", "planted network", "more iterations", "no limit"]
    assert runs["more iterations"].note == "40 to 160"
    assert runs["no limit"].eps == BOUNDS[1] - BOUNDS[0]
    assert {name: run.note for name, run in undefended.items()} == {
        "one step": "",
        "random noise": "20 repeats",
        "black box": "500 queries",
    }
    names = set(recordings_of(planted).names)
    for run in [*undefended.values(), *(runs[name] for name in runs if "planted" not in name)]:
        assert set(run.after) == set(run.before) == names
        assert all(run.before.values())


def test_the_papers_pgd_fails_where_pgd_with_a_growing_step_passes(planted, undefended):
    papers, sound = (
        verdicts(findings(ran(planted, definition), undefended, [], {}))
        for definition in (PAPERS_PGD, PGD)
    )
    failed = {check for check, found in papers.items() if found == "fail"}
    assert {NO_LIMIT, LONGER, ONE_STEP, BLACK_BOX, PLANTED} <= failed
    assert set(sound.values()) == {"pass", "not applicable"}
    assert [check for check, found in sound.items() if found == "not applicable"] == [FALLS]


@pytest.mark.parametrize(
    ("definition", "applicable"),
    [
        (attack("LinfFastGradientAttack"), {PLANTED}),
        (attack("L2PGD", rel_stepsize=0.1, steps=20), {NO_LIMIT, LONGER, PLANTED}),
        (attack("SparseL1DescentAttack", rel_stepsize=0.1, steps=20), {NO_LIMIT, LONGER, PLANTED}),
        (
            attack("L2CarliniWagnerAttack", steps=30, stepsize=0.2, binary_search_steps=5),
            {NO_LIMIT, LONGER, PLANTED},
        ),
        (attack("L2DeepFoolAttack"), {NO_LIMIT, LONGER, PLANTED}),
        (
            attack("mishear.attacks.autoattack.LinfAPGD", steps=20),
            {NO_LIMIT, LONGER, ONE_STEP, NOISE, BLACK_BOX, PLANTED},
        ),
    ],
    ids=lambda value: value["class"].rpartition(".")[2] if isinstance(value, dict) else "",
)
def test_sound_attacks_of_every_kind_pass_what_applies(planted, undefended, definition, applicable):
    """An eps in L2 or L1 is never compared with one of L-infinity, nor called without a limit."""
    found = verdicts(findings(ran(planted, definition), undefended, [], {}))
    assert {check for check, value in found.items() if value == "pass"} == applicable
    assert "fail" not in found.values()


def test_a_defence_that_masks_its_gradient_is_caught(planted):
    masked = Coarse(BOUNDS)
    found = findings(ran(planted, PGD, masked), baselines(planted, masked), [], {})
    told = verdicts(found)
    assert told[NO_LIMIT] == told[BLACK_BOX] == "fail"
    assert told[PLANTED] == "pass", "the attack itself is sound"
    assert hides_gradients({"pgd": found})


def test_an_honest_defence_is_not_accused(planted):
    honest = AverageSmoothing(BOUNDS)
    found = findings(ran(planted, PGD, honest), baselines(planted, honest), [], {})
    assert not hides_gradients({"pgd": found})
    assert verdicts(found)[NO_LIMIT] == "pass"


def test_a_weak_attack_accuses_no_honest_defence(planted):
    """What it fails without a defence as well says nothing of the defence."""
    rows = []
    for name, chain in (("none", []), ("average", [AverageSmoothing(BOUNDS)])):
        found = findings(ran(planted, PAPERS_PGD, *chain), baselines(planted, *chain), [], {})
        assert verdicts(found)[NO_LIMIT] == "fail"
        rows += [
            {"recipe": "standard", "defence": name, "attack": "pgd", **vars(each)} for each in found
        ]
    assert masking(pd.DataFrame(rows), "standard") == set()


@pytest.mark.parametrize("defence", ["none", "average"])
def test_a_training_that_hides_gradients_is_caught_and_excuses_no_filter(planted, defence):
    """As after adversarial training with one step that was overfitted."""
    failed = [{"check": check, "verdict": "fail"} for check in (NO_LIMIT, BLACK_BOX)]
    sound = [{"check": check, "verdict": "pass"} for check in (NO_LIMIT, BLACK_BOX)]
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
    assert "planted network" not in runs
    found = verdicts(findings(runs, undefended, [], {}))
    assert found[PLANTED] == "not applicable"


def test_runs_are_read_as_written(tmp_path, undefended):
    runs = [*SOUND.values(), invented(3, name="free", eps=math.inf, norm="l2", note="a, b")]
    write_runs(runs, tmp_path / "runs.csv")
    assert read_runs(tmp_path / "runs.csv") == by_name(*runs)
    write_runs(undefended.values(), tmp_path / "baselines.csv")
    assert read_runs(tmp_path / "baselines.csv") == undefended


def test_a_studys_checks_are_joined_with_its_evaluations(tmp_path, planted):
    recordings = recordings_of(planted)
    honest = AverageSmoothing(BOUNDS)
    place = {"victim": {"corpus": "a", "recipe": "standard", "seed": 0}, "defence": "average"}
    files: dict[str, Path] = {}
    for name, runs in (
        ("pgd", ran(planted, PGD, honest)),
        (None, baselines(planted, honest)),
    ):
        files[name] = tmp_path / f"{name}.csv"
        write_runs(runs.values(), files[name])
    evaluations, results = [], []
    for eps in (0.5, 0.95):
        for source in (None, "standard"):
            model = DefendedVictim(planted.network) if source else None
            victim = DefendedVictim(planted.network, [honest]).eval()
            rows, _ = attack_recordings(victim, PGD, recordings, eps, BOUNDS, source=model, **HOW)
            evaluations.append({**place, "attack": "pgd", "eps": eps, "source": source})
            results.append(tmp_path / f"{eps}-{source}.csv")
            RESULTS.write(rows, results[-1])
    checks = [{**place, "attack": name} for name in (None, "pgd")]
    found = list(summarise_checks(checks, [files[None], files["pgd"]], evaluations, results))
    told = {row["check"]: row["verdict"] for row in found}
    assert told[TRANSFER] == told[FALLS] == "pass"
    assert {row["attack"] for row in found} == {"pgd"}
    assert {row["defence"] for row in found} == {"average"}
    network = {"front_end": "mel", "network": "net"}
    CHECKS.write([{**network, **row} for row in found], tmp_path / "checks.csv")
    lines = (tmp_path / "checks.csv").read_text().splitlines()
    assert len(lines) == 1 + len(found) == 9


def waveform_evaluation(tmp_path, attack, eps, right, budget="snr", one_step=False):
    """Keys and results of an evaluation that leaves some of 60 recordings right."""
    rows = [result_row(str(n), "a", "a", "a" if n < right else "b") for n in range(60)]
    file = tmp_path / f"{attack}-{eps}.csv"
    RESULTS.write(rows, file)
    victim = {"corpus": "c", "front_end": "f", "network": "n", "recipe": "r", "seed": 0}
    keys = {"victim": victim, "defence": "none", "attack": attack, "eps": eps, "norm": "linf"}
    return keys | {"budget": budget, "one_step": one_step}, file


@pytest.mark.parametrize(
    ("counts", "verdicts"),
    [
        ({"fgsm": [50, 30], "pgd": [40, 10]}, ["pass", "pass", "pass"]),
        ({"fgsm": [50, 30], "pgd": [40, 59]}, ["pass", "fail", "fail"]),
        ({"fgsm": [20, 50], "pgd": [55, 10]}, ["fail", "pass", "fail"]),
    ],
)
def test_attacks_on_the_waveform_get_stronger_with_noise_and_steps(tmp_path, counts, verdicts):
    evaluations = [
        waveform_evaluation(tmp_path, attack, eps, right, one_step=attack == "fgsm")
        for attack, numbers in counts.items()
        for eps, right in zip((40, 20), numbers, strict=True)
    ]
    rows = list(summarise_waveform_checks(*zip(*evaluations, strict=True), [], []))
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
    rows = list(summarise_waveform_checks(*zip(*evaluations, strict=True), [], []))
    assert {row["check"] for row in rows} == {"accuracy falls with eps"}


def longer_check(tmp_path, counts):
    """Keys and runs of a check of ``pgd`` on 60 recordings, by eps how many are left right."""
    names = [str(number) for number in range(60)]
    runs = [
        Run(
            f"at {eps}",
            eps,
            "linf",
            dict.fromkeys(names, True),
            {name: int(name) < right for name in names},
            "5 to 10",
        )
        for eps, right in counts.items()
    ]
    write_runs(runs, tmp_path / "longer.csv")
    evaluation, _ = waveform_evaluation(tmp_path, "pgd", 0, 60)
    keys = {key: evaluation[key] for key in ("victim", "defence", "attack")}
    return keys, tmp_path / "longer.csv"


@pytest.mark.parametrize(
    ("longer", "verdict", "evidence"),
    [
        ({40: 40, 20: 9}, "pass", "0.167, then 0.150 (5 to 10 iterations) at 20 dB SNR"),
        ({40: 30, 20: 10}, "fail", "0.667, then 0.500 (5 to 10 iterations) at 40 dB SNR"),
    ],
)
def test_more_iterations_on_the_waveform_are_judged_where_they_find_most(
    tmp_path, longer, verdict, evidence
):
    evaluations = [
        waveform_evaluation(tmp_path, "pgd", eps, right) for eps, right in ((40, 40), (20, 10))
    ]
    check, file = longer_check(tmp_path, longer)
    rows = summarise_waveform_checks(*zip(*evaluations, strict=True), [check], [file])
    (row,) = [row for row in rows if row["check"] == LONGER]
    assert (row["verdict"], row["n"]) == (verdict, 60)
    assert row["evidence"] == f"{evidence}, the nearest of 2 limits"


def test_one_step_is_compared_at_every_limit_and_the_nearest_is_shown(tmp_path):
    counts = {("fgsm", 60): 50, ("fgsm", 40): 40, ("pgd", 60): 49, ("pgd", 40): 10}
    evaluations = [
        waveform_evaluation(tmp_path, attack, eps, right, one_step=attack == "fgsm")
        for (attack, eps), right in counts.items()
    ]
    rows = summarise_waveform_checks(*zip(*evaluations, strict=True), [], [])
    (row,) = [row for row in rows if row["check"] == ONE_STEP]
    assert row["verdict"] == "pass"
    assert row["evidence"] == "0.817 against 0.833 at 60 dB SNR, the nearest of 2 limits"
