"""Each check tells a sound evaluation from one that deceives."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.evaluation.checks.findings import (
    CHANGES_LITTLE,
    FALLS_WITH_EPS,
    NO_WEAKER,
    PASSES_UNIT_TEST,
    REACHES_ZERO,
    SIGNIFICANCE,
    TRANSFER,
    Finding,
    changes_little,
    falls_with_eps,
    findings,
    masks_gradients,
    no_weaker,
    reaches_zero,
    weaker,
)
from mishear.evaluation.checks.runs import (
    BLACK_BOX,
    LONGER,
    NOISE,
    ONE_STEP,
    UNBOUNDED,
    UNIT_TEST,
    Run,
)
from tests.unit.evaluation.checks.conftest import (
    BASELINES,
    SOUND,
    by_name,
    invented,
    verdicts,
)


def test_a_sound_attack_passes_everything():
    evaluations = [invented(9, eps=0.25), invented(4), invented(0, eps=1)]
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
    ]
    assert verdicts(found) == dict.fromkeys(checks, "pass")
    assert all(finding.n == 20 and finding.evidence for finding in found)


@pytest.mark.parametrize(
    ("runs", "failing"),
    [
        ([invented(1, name=UNBOUNDED, eps=100)], REACHES_ZERO),
        ([invented(2, name=LONGER, note="5 to 20")], CHANGES_LITTLE),
        ([invented(14), invented(14, name=LONGER, note="5 to 20")], NO_WEAKER[ONE_STEP]),
        ([invented(1, name=UNIT_TEST)], PASSES_UNIT_TEST),
    ],
)
def test_each_check_fails_by_itself(runs, failing):
    noise_only = {**BASELINES, BLACK_BOX: invented(20, name=BLACK_BOX)}
    found = verdicts(findings(SOUND | by_name(*runs), noise_only, [invented(4)], {}))
    assert [check for check, verdict in found.items() if verdict == "fail"] == [failing]


def test_an_attack_weaker_than_noise_or_a_black_box_is_found():
    for name, check in ((NOISE, NO_WEAKER[NOISE]), (BLACK_BOX, NO_WEAKER[BLACK_BOX])):
        base = BASELINES | by_name(invented(0, name=name, note="9 draws"))
        weak = SOUND | by_name(invented(9), invented(9, name=LONGER, note="5 to 20"))
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
    assert found[FALLS_WITH_EPS] == "not applicable"


def test_one_step_has_no_iterations_to_judge():
    found = verdicts(findings(by_name(invented(8)), BASELINES, [invented(8)], {}))
    assert found == dict.fromkeys(
        [
            FALLS_WITH_EPS,
            REACHES_ZERO,
            CHANGES_LITTLE,
            NO_WEAKER[ONE_STEP],
            NO_WEAKER[NOISE],
            NO_WEAKER[BLACK_BOX],
            PASSES_UNIT_TEST,
        ],
        "not applicable",
    )


def test_an_attack_without_an_eps_has_no_limit_as_configured():
    free = by_name(
        invented(0, eps=math.inf, norm="l2"),
        invented(0, name=LONGER, eps=math.inf, norm="l2", note="5 to 20"),
    )
    found = verdicts(findings(free, BASELINES, [], {}))
    assert found[REACHES_ZERO] == "pass"
    assert found[CHANGES_LITTLE] == "pass"
    assert found[NO_WEAKER[BLACK_BOX]] == "not applicable"


def test_an_eps_in_another_norm_is_not_compared():
    """0.5 dB in all is far less than 0.5 dB in every cell."""
    runs = {name: replace(run, norm="l2") for name, run in SOUND.items()}
    runs |= by_name(invented(20, norm="l2"))
    found = verdicts(findings(runs, BASELINES, [], {}))
    assert {
        found[check] for check in (NO_WEAKER[ONE_STEP], NO_WEAKER[NOISE], NO_WEAKER[BLACK_BOX])
    } == {"not applicable"}


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
    longer = invented(9, name=LONGER, note="5 to 20")
    for left, verdict in ((9, "pass"), (10, "pass"), (11, "fail"), (4, "pass")):
        assert changes_little(by_name(invented(left), longer)).verdict == verdict


def test_without_a_limit_one_recording_is_too_many():
    left = by_name(invented(4), invented(1, name=UNBOUNDED))
    found = reaches_zero(left)
    assert (found.verdict, found.evidence) == ("fail", "1 of 20 still correct")


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
    ("found", "masks"),
    [
        ({}, False),
        ({"pgd": [verdict(REACHES_ZERO, "pass"), verdict(NO_WEAKER[BLACK_BOX], "pass")]}, False),
        ({"pgd": [verdict(REACHES_ZERO, "fail"), verdict(NO_WEAKER[BLACK_BOX], "pass")]}, True),
        ({"pgd": [verdict(REACHES_ZERO, "pass"), verdict(TRANSFER, "fail")]}, True),
        (
            {
                "fgsm": [
                    verdict(REACHES_ZERO, "not applicable"),
                    verdict(NO_WEAKER[ONE_STEP], "fail"),
                ]
            },
            False,
        ),
        ({"pgd": [verdict(REACHES_ZERO, "pass"), verdict(CHANGES_LITTLE, "fail")]}, False),
        ({"pgd": [verdict(REACHES_ZERO, "fail")], "apgd": [verdict(REACHES_ZERO, "pass")]}, False),
        (
            {
                "pgd": [verdict(REACHES_ZERO, "fail")],
                "fgsm": [verdict(REACHES_ZERO, "not applicable")],
            },
            True,
        ),
    ],
)
def test_a_defence_masks_gradients_if_no_attack_on_it_can_be_trusted(found, masks):
    assert masks_gradients(found) is masks
