"""Each check tells a sound evaluation from one that deceives."""

import math
from dataclasses import replace

import pytest

from mishear.evaluation.checks.findings import (
    CHANGES_LITTLE,
    FALLS_WITH_EPS,
    FINDS_PLANTED,
    NO_WEAKER,
    PASSES_UNIT_TEST,
    REACHES_ZERO,
    TRANSFER,
    changes_little,
    falls_with_eps,
    findings,
    finds_planted,
    no_weaker_than_black_box,
    reaches_zero,
)
from mishear.evaluation.checks.runs import (
    BLACK_BOX,
    LONGER,
    NOISE,
    ONE_STEP,
    PLANTED,
    SAMPLED,
    UNBOUNDED,
    UNIT_TEST,
)
from mishear.evaluation.checks.verdicts import Excess, decided
from tests.unit.evaluation.checks.conftest import (
    BASELINES,
    SOUND,
    by_name,
    invented,
    verdicts,
)


def judged(*found):
    """The verdicts, in order."""
    return [finding.verdict for finding in decided(found)]


def test_a_sound_attack_shows_no_failure():
    evaluations = [invented(45, eps=0.25), invented(20), invented(0, eps=1)]
    transfers = {
        run.eps: replace(run, correct_adversarial=dict.fromkeys(run.correct_adversarial, True))
        for run in evaluations
    }
    found = findings(SOUND, BASELINES, evaluations, transfers)
    checks = [
        FALLS_WITH_EPS,
        REACHES_ZERO,
        CHANGES_LITTLE,
        NO_WEAKER[ONE_STEP],
        NO_WEAKER[NOISE],
        NO_WEAKER[BLACK_BOX],
        TRANSFER,
        PASSES_UNIT_TEST,
        FINDS_PLANTED,
    ]
    assert verdicts(found) == dict.fromkeys(checks, "no failure found")
    assert all(finding.n == 100 and finding.evidence for finding in found)


@pytest.mark.parametrize(
    ("runs", "failing"),
    [
        ([invented(9, name=UNBOUNDED, eps=100)], REACHES_ZERO),
        ([invented(5, name=LONGER, note="5 to 20")], CHANGES_LITTLE),
        ([invented(60), invented(60, name=LONGER, note="5 to 20")], NO_WEAKER[ONE_STEP]),
        ([invented(9, name=UNIT_TEST)], PASSES_UNIT_TEST),
        ([invented(9, name=PLANTED)], FINDS_PLANTED),
    ],
)
def test_each_check_fails_by_itself(runs, failing):
    noise_only = {**BASELINES, BLACK_BOX: invented(100, name=BLACK_BOX)}
    found = verdicts(findings(SOUND | by_name(*runs), noise_only, [invented(20)], {}))
    assert [check for check, verdict in found.items() if verdict == "failure"] == [failing]


def test_an_attack_weaker_than_noise_is_found():
    base = BASELINES | by_name(invented(0, name=NOISE, note="9 draws"))
    found = findings(SOUND | by_name(invented(45)), base, [], {})
    (found,) = [each for each in found if each.check == NO_WEAKER[NOISE]]
    assert judged(found) == ["failure"]
    assert found.evidence == "accuracy 0.450, under random noise 0.000 (9 draws), at 0.5 dB"


@pytest.mark.parametrize(
    ("broke", "n", "verdict"),
    [(0, 100, "no failure found"), (0, 40, "cannot tell"), (3, 100, "cannot tell")]
    + [(9, 100, "failure"), (5, 240, "no failure found"), (12, 240, "failure")],
)
def test_a_black_box_counts_what_it_breaks_of_those_left(broke, n, verdict):
    run, left = invented(20, n=n), invented(20, n=20)
    after = {name: number >= broke for number, name in enumerate(left.correct_adversarial)}
    box = replace(left, correct_adversarial=after, note="5000 queries")
    found = no_weaker_than_black_box(run, box)
    assert judged(found) == [verdict]
    left, said = found.evidence.split("; ")
    assert left == f"the attack left 20 of {n} recordings correct"
    assert said == f"of the 20 that the black box was run on, it broke {broke} (5000 queries)"


def test_a_black_box_is_judged_on_what_this_attack_left_alone():
    """The black box was run on what any attack left; this one left half of them."""
    box = invented(0, n=20, name=BLACK_BOX)
    assert no_weaker_than_black_box(invented(10), box).count == 10


def test_where_nothing_is_left_a_black_box_has_nothing_to_find():
    assert judged(no_weaker_than_black_box(invented(0), None)) == ["no failure found"]


def test_an_adaptive_attack_weaker_than_a_transferred_one_is_found_at_any_eps():
    evaluations = [invented(20), invented(45, eps=1.0)]
    transfers = {0.5: invented(75), 1.0: invented(0, eps=1.0)}
    found = findings(SOUND, BASELINES, evaluations, transfers)
    (found,) = [each for each in found if each.check == TRANSFER]
    assert judged(found) == ["failure"]
    assert "at 1 dB" in found.evidence


def test_transfer_attacks_alone_have_nothing_to_be_compared_with():
    found = verdicts(findings(SOUND, BASELINES, [], {0.5: invented(15)}))
    assert TRANSFER not in found
    assert found[FALLS_WITH_EPS] == "not applicable"


def test_one_step_has_no_iterations_to_judge():
    found = verdicts(findings(by_name(invented(8)), BASELINES, [invented(8)], {}))
    assert set(found.values()) == {"not applicable"}
    assert len(found) == 8


def test_an_attack_without_an_eps_has_no_limit_as_configured():
    free = by_name(sized(8.0), sized(8.0, name=LONGER))
    found = verdicts(findings(free, BASELINES, [], {}))
    assert found[REACHES_ZERO] == "no failure found"
    assert found[CHANGES_LITTLE] == "no failure found"
    assert found[NO_WEAKER[BLACK_BOX]] == "not applicable"


def sized(size, n=100, name="as configured", norm="l2"):
    """A run without a limit that breaks every recording by a change of a size."""
    run = invented(0, n=n, name=name, eps=math.inf, norm=norm, note="5 to 20")
    return replace(run, sizes=dict.fromkeys(run.correct_clean, size) if size else {})


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (8.0, 7.9, "no failure found"),
        (8.0, 7.5, "failure"),
        (8.0, 9.0, "no failure found"),
        (None, 8.0, "failure"),
        (None, None, "not applicable"),
    ],
)
def test_without_a_limit_sizes_are_compared_never_accuracies(before, after, verdict):
    """Both leave nothing correct."""
    found = changes_little(by_name(sized(before), sized(after, name=LONGER)))
    assert judged(found) == [verdict]


def test_few_sizes_cannot_tell():
    found = changes_little(by_name(sized(8.0, n=4), sized(8.0, n=4, name=LONGER)))
    assert judged(found) == ["cannot tell"]


def test_sizes_in_norms_that_are_not_recorded_are_not_compared():
    found = changes_little(by_name(sized(8.0, norm="l1"), sized(4.0, name=LONGER, norm="l1")))
    assert judged(found) == ["not applicable"]


def test_an_eps_in_another_norm_is_not_compared():
    """0.5 dB in all is far less than 0.5 dB in every cell."""
    runs = {name: replace(run, norm="l2") for name, run in SOUND.items()}
    runs |= by_name(invented(100, norm="l2"))
    found = verdicts(findings(runs, BASELINES, [], {}))
    assert {found[check] for check in NO_WEAKER.values()} == {"not applicable"}


def test_accuracy_that_rises_with_eps_is_found():
    assert judged(falls_with_eps([invented(45, eps=1), invented(10, eps=0.5)])) == ["failure"]
    falling = falls_with_eps([invented(45, eps=0.5), invented(10, eps=1)])
    assert judged(falling) == ["no failure found"]
    assert falling.evidence == "accuracy 0.450 at 0.5 dB, 0.100 at 1 dB"
    flat = falls_with_eps([invented(45, eps=eps) for eps in (0.5, 1)] + [invented(10, eps=2)])
    assert "closest to a rise: 0.450 at 0.5 dB, then 0.450 at 1 dB" in flat.evidence
    rising = falls_with_eps([invented(45, eps=0.5), invented(10, eps=1), invented(45, eps=2)])
    assert judged(rising) == ["failure"]
    assert "rises from 0.100 at 1 dB to 0.450 at 2 dB" in rising.evidence


def test_chance_is_no_rise():
    assert judged(falls_with_eps([invented(2, eps=0.5), invented(5, eps=1)])) == ["cannot tell"]


def test_a_single_eps_cannot_fall():
    assert judged(falls_with_eps([invented(9)])) == ["not applicable"]


def test_little_is_what_is_shown_to_be_below_five_points():
    for more, n, verdict in (
        (0, 100, "no failure found"),
        (4, 100, "cannot tell"),
        (9, 100, "failure"),
        (20, 2000, "no failure found"),
    ):
        found = changes_little(
            by_name(invented(30, n=n), invented(30 - more, n=n, name=LONGER, note="5 to 20"))
        )
        assert judged(found) == [verdict], (more, n)


def test_planted_examples_that_random_samples_find_prove_nothing():
    runs = by_name(invented(0, name=PLANTED), invented(40, name=SAMPLED))
    assert judged(finds_planted(runs)) == ["cannot tell"]


def test_without_a_limit_few_recordings_are_no_proof_of_a_failure():
    cases = ((1, 20, "cannot tell"), (0, 100, "no failure found"), (9, 100, "failure"))
    for left, n, verdict in cases:
        found = reaches_zero(by_name(invented(4, n=n), invented(left, n=n, name=UNBOUNDED)))
        assert isinstance(found, Excess)
        assert judged(found) == [verdict]
    assert found.evidence == "9 of 100 recordings still correct"
