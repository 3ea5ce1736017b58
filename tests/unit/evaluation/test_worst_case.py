"""The worst case over attacks: never better than any of them, recording by recording."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.statistics import wilson_interval
from mishear.core.tables.base import described
from mishear.core.tables.evaluation import RESULTS, ROBUSTNESS
from mishear.evaluation.evaluated import Evaluated, read_evaluations
from mishear.evaluation.results import Results
from mishear.evaluation.worst_case import worst_case, worst_cases
from tests.unit.conftest import result_row

NAMES = [f"{number}.wav" for number in range(12)]
ANSWERS = st.lists(st.booleans(), min_size=len(NAMES), max_size=len(NAMES))


def rows(answers):
    """Rows of an evaluation whose recordings are classified correctly or not, before and after."""
    return [
        result_row(f"{number}.wav", "7", "7" if before else "1", "7" if after else "1")
        for number, (before, after) in enumerate(answers)
    ]


def evaluated(attack, kind, answers):
    return Evaluated.of({"attack": attack, "evaluation": kind}, Results(rows(answers)))


def left(attack, kind, answers, clean=None):
    before = clean or [True] * len(NAMES)
    return evaluated(attack, kind, zip(before, answers, strict=True))


ATTACKS = st.tuples(
    st.sampled_from(["fgsm", "pgd"]), st.sampled_from(["transfer", "adaptive"]), ANSWERS
)
EVALUATIONS = st.builds(
    lambda clean, attacks: [left(*each, clean) for each in attacks],
    ANSWERS,
    st.lists(ATTACKS, min_size=1, max_size=6),
)


def share(each):
    return each.correct_adversarial.mean()


@given(EVALUATIONS)
def test_the_worst_case_is_no_better_than_any_attack(evaluations):
    numbers = worst_case(evaluations)
    assert numbers["n"] == len(NAMES)
    assert numbers["worst_accuracy"] <= min([numbers["clean_accuracy"], *map(share, evaluations)])
    for kind in ("transfer", "adaptive"):
        of_kind = [each for each in evaluations if each.keys["evaluation"] == kind]
        if not of_kind:
            assert {numbers[f"{kind}_{v}"] for v in ("accuracy", "low", "high")} == {None}
            continue
        assert numbers["worst_accuracy"] <= numbers[f"{kind}_accuracy"]
        assert numbers[f"{kind}_accuracy"] <= min(map(share, of_kind))
        lost = sum(1 - share(each) for each in of_kind)
        assert numbers[f"{kind}_accuracy"] >= numbers["clean_accuracy"] - lost - 1e-9


@given(EVALUATIONS)
def test_the_order_of_attacks_changes_no_accuracy(evaluations):
    numbers, turned = worst_case(evaluations), worst_case(evaluations[::-1])
    for column in numbers:
        if column.endswith(("accuracy", "low", "high")):
            assert numbers[column] == turned[column]


@given(EVALUATIONS)
def test_the_strongest_attack_leaves_the_fewest(evaluations):
    named = {}
    for each in evaluations:
        suffix = " (transfer)" if each.keys["evaluation"] == "transfer" else ""
        named.setdefault(f"{each.keys['attack']}{suffix}", []).append(each.correct_adversarial)
    joint = {name: np.all(correct, axis=0).sum() for name, correct in named.items()}
    numbers = worst_case(evaluations)
    assert joint[numbers["strongest"]] == min(joint.values())
    names = dict.fromkeys(each.keys["attack"] for each in evaluations)
    assert numbers["attacks"].split() == list(names)


def test_different_recordings_add_up():
    halves = [left("fgsm", "adaptive", [True] * 6 + [False] * 6)]
    halves.append(left("pgd", "adaptive", [False] * 3 + [True] * 9))
    numbers = worst_case(halves)
    assert numbers["worst_accuracy"] == 3 / 12
    assert (numbers["worst_low"], numbers["worst_high"]) == wilson_interval(3, 12)
    assert (numbers["clean_low"], numbers["clean_high"]) == wilson_interval(12, 12)
    assert numbers["strongest"] == "fgsm"
    assert numbers["transfer_accuracy"] is None


def test_a_recording_misclassified_from_the_start_is_not_correct_in_the_worst_case():
    """Not even where an attack turned it into what it should be."""
    found = evaluated("fgsm", "adaptive", [(True, True), (False, True), (True, False)])
    assert found.correct_adversarial.tolist() == [True, False, False]
    assert worst_case([found])["worst_accuracy"] == pytest.approx(1 / 3)


def test_evaluations_of_different_recordings_are_not_compared():
    keys = {"attack": "pgd", "evaluation": "adaptive"}
    other = Evaluated.of(keys, Results([result_row("z.wav")]))
    with pytest.raises(ValueError, match="different recordings"):
        worst_case([evaluated("fgsm", "adaptive", [(True, True)]), other])


PLACE = {
    "corpus": "a",
    "front_end": "mel",
    "network": "net",
    "recipe": "standard",
    "seed": 0,
    "fold": None,
    "gradient": "exact",
    "domain": "spectrogram",
    "norm": "linf",
    "budget": "eps",
}


@pytest.fixture
def table(tmp_path):
    """A function that writes the worst cases of evaluations, and reads them."""

    def written(evaluations):
        files = []
        for number, (_, answers) in enumerate(evaluations):
            files.append(tmp_path / f"{number}.csv")
            RESULTS.write(rows(answers), files[-1])
        path = tmp_path / "robustness.csv"
        keys = [PLACE | key for key, _ in evaluations]
        ROBUSTNESS.write(worst_cases(read_evaluations(described(keys, files))), path)
        with path.open(newline="") as file:
            return list(csv.DictReader(file))

    return written


def key(defence, attack, eps, evaluation, **changes):
    return {"defence": defence, "attack": attack, "eps": eps, "evaluation": evaluation} | changes


RIGHT, WRONG = (True, True), (True, False)


def test_a_study_has_a_row_for_each_victim_defence_norm_and_eps(table):
    found = table(
        [
            (key("none", "fgsm", 0.5, "adaptive"), [RIGHT, WRONG, WRONG]),
            (key("none", "pgd", 0.5, "adaptive"), [WRONG, RIGHT, WRONG]),
            (key("none", "pgd", 1.0, "adaptive"), [WRONG, WRONG, WRONG]),
            (key("none", "cw", float("inf"), "adaptive", norm="l2"), [WRONG, RIGHT, RIGHT]),
            (key("none", "noise", 0.5, None), [WRONG, WRONG, WRONG]),
            (key("median", "fgsm", 0.5, "transfer"), [RIGHT, RIGHT, WRONG]),
            (key("median", "fgsm", 0.5, "adaptive"), [WRONG, RIGHT, RIGHT]),
            (key("none", "fgsm", 0.5, "adaptive", seed=1), [RIGHT, RIGHT, RIGHT]),
        ]
    )
    values = [
        (row["seed"], row["defence"], row["norm"], row["eps"], row["attacks"], row["strongest"])
        for row in found
    ]
    assert values == [
        ("0", "none", "linf", "0.5", "fgsm pgd", "fgsm"),
        ("0", "none", "linf", "1", "fgsm pgd", "pgd"),
        ("0", "none", "l2", "inf", "cw", "cw"),
        ("0", "median", "linf", "0.5", "fgsm", "fgsm (transfer)"),
        ("1", "none", "linf", "0.5", "fgsm", "fgsm"),
    ]
    accuracies = [
        (row["transfer_accuracy"], row["adaptive_accuracy"], row["worst_accuracy"]) for row in found
    ]
    assert accuracies == [
        ("", "0", "0"),
        ("", "0", "0"),
        ("", "0.666667", "0.666667"),
        ("0.666667", "0.666667", "0.333333"),
        ("", "1", "1"),
    ]


def test_an_attack_on_the_waveform_has_a_row_of_its_own(table):
    waveform = {"domain": "waveform", "eps": 0.5}
    found = table(
        [
            (key("none", "fgsm", 0.5, "adaptive"), [RIGHT]),
            (key("none", "sound", 0.5, "adaptive") | waveform, [WRONG]),
            (key("none", "ratio", 0.5, "adaptive") | waveform | {"budget": "snr"}, [WRONG]),
        ]
    )
    assert [(row["domain"], row["budget"], row["worst_accuracy"]) for row in found] == [
        ("spectrogram", "eps", "1"),
        ("waveform", "eps", "0"),
        ("waveform", "snr", "0"),
    ]


def test_a_study_without_attacks_has_an_empty_table(table):
    assert table([(key("none", "noise", 0.1, None), [RIGHT])]) == []


SIZES = st.lists(st.tuples(st.sampled_from([0.25, 0.5, 1.0]), ANSWERS), min_size=1, max_size=6)


@pytest.mark.parametrize("budget", ["eps", "snr"])
@given(SIZES)
def test_what_a_smaller_change_breaks_stays_broken(budget, evaluations):
    """Of a signal-to-noise ratio the larger is the smaller change."""
    described = [
        Evaluated.of(
            PLACE | key("none", "pgd", eps, "adaptive", budget=budget),
            Results(rows([(True, answer) for answer in answers])),
        )
        for eps, answers in evaluations
    ]
    found = {row["eps"]: row["worst_accuracy"] for row in worst_cases(described)}
    for limit, accuracy in found.items():
        within = [
            answers
            for eps, answers in evaluations
            if (eps >= limit if budget == "snr" else eps <= limit)
        ]
        assert accuracy == np.all(within, axis=0).mean()


def test_an_attack_in_another_norm_or_domain_breaks_nothing():
    described = [
        Evaluated.of(PLACE | key("none", "pgd", eps, "adaptive") | changes, Results(rows([found])))
        for eps, found, changes in (
            (0.25, WRONG, {"norm": "l2"}),
            (0.25, WRONG, {"domain": "waveform"}),
            (0.5, RIGHT, {}),
        )
    ]
    found = {
        (row["norm"], row["domain"], row["defence"]): row["worst_accuracy"]
        for row in worst_cases(described)
    }
    assert found.pop(("linf", "spectrogram", "none")) == 1
    assert set(found.values()) == {0}
