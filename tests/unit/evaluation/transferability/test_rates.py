"""Rates of transfer against counts by hand, over pairs, folds and recordings."""

import numpy as np
import pytest

from mishear.core.statistics import over_victims_of, wilson_interval
from mishear.core.tables.base import described
from mishear.core.tables.transfer import TRANSFER, TRANSFERRED
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.evaluation.transferability.rates import relation, transfer_rates

SOURCE = {"source_front_end": "mel", "source_network": "net", "source_recipe": "a"}
TARGET = {"target_front_end": "mel", "target_network": "net", "target_recipe": "b"}
PLACE = {"corpus": "digits", "fold": None, "attack": "pgd", "domain": "waveform", "budget": "snr"}
NOBODY = {"digits": SpeakersOfTest({}, frozenset())}


def judged(name, source="1", clean="1", adversarial="1", aim="", seed=0):
    row = {"recording": name, "label": "1", "aim": aim, "source_clean_prediction": source}
    row |= {"clean_prediction": clean, "adversarial_prediction": adversarial}
    return SOURCE | {"source_seed": seed, "eps": 20.0} | row


FOUR = [
    judged("a", adversarial="2"),
    judged("b"),
    judged("c", source="2", adversarial="2"),
    judged("d", clean="2", adversarial="2"),
]


@pytest.fixture
def rates(tmp_path):
    """A function that gives the rates of tables, each a target's seed, its rows and more keys."""

    def found(*tables, speakers=NOBODY):
        keys, files = [], []
        for number, (seed, rows, more) in enumerate(tables):
            files.append(tmp_path / f"{number}.csv")
            TRANSFERRED.write(rows, files[-1])
            keys.append(PLACE | TARGET | {"target_seed": seed} | more)
        return list(transfer_rates(described(keys, files), speakers))

    return found


def test_success_is_counted_where_both_are_correct_when_clean(rates, tmp_path):
    (row,) = rates((1, FOUR, {}))
    assert (row["n"], row["pairs"], row["tried"]) == (4, 1, 2)
    assert row["success_rate"] == 0.5
    assert (row["success_low"], row["success_high"]) == wilson_interval(1, 2)
    assert row["clean_accuracy"] == 0.75
    assert row["accuracy"] == 0.25
    assert row["relation"] == "victims"
    TRANSFER.write([row], tmp_path / "transfer.csv")


def test_an_attack_with_an_aim_succeeds_only_there(rates):
    rows = [judged("a", adversarial="2", aim="3"), judged("b", adversarial="3", aim="3")]
    (row,) = rates((1, rows, {}))
    assert row["success_rate"] == 0.5
    assert row["accuracy"] == 0


def test_pairs_are_what_intervals_are_over(rates):
    other = [judged(name, adversarial="2", seed=1) for name in "abcd"]
    (row,) = rates((1, FOUR, {}), (0, other, {}))
    assert row["pairs"] == 2
    hits = np.array([[True, False, True, True], [True] * 4])
    trials = np.array([[True, True, False, False], [True] * 4])
    expected = over_victims_of(hits, trials)
    assert (row["success_rate"], row["success_low"], row["success_high"]) == expected
    assert (row["success_rate_lowest"], row["success_rate_highest"]) == (0.5, 1.0)


def test_folds_of_a_pair_are_pooled(rates):
    halves = (1, FOUR[:2], {"fold": 0}), (1, FOUR[2:], {"fold": 1})
    assert rates(*halves) == rates((1, FOUR, {}))


def test_speakers_that_were_not_recorded_widen_the_interval(rates):
    rows = [judged(f"{number}", adversarial="12"[number < 8]) for number in range(16)]
    of_recording = {str(number): f"s{number // 4}" for number in range(16)}
    speakers = {"digits": SpeakersOfTest(of_recording, frozenset())}
    (alone,), (clustered,) = rates((1, rows, {})), rates((1, rows, {}), speakers=speakers)
    assert clustered["success_rate"] == alone["success_rate"]
    assert clustered["success_low"] < alone["success_low"]


def test_nothing_to_mislead_is_no_rate(rates):
    (row,) = rates((1, [judged("a", clean="2"), judged("b", source="2")], {}))
    assert row["tried"] == 0
    assert row["success_rate"] is None


def test_eps_and_relations_have_rows_of_their_own(rates):
    same = {key.replace("source", "target"): value for key, value in SOURCE.items()}
    rows = [*FOUR, *(row | {"eps": 10.0} for row in FOUR)]
    found = rates((0, rows, same), (1, rows, same), (0, rows, {}))
    told = [(row["relation"], row["eps"], row["pairs"]) for row in found]
    assert sorted(told) == sorted(
        (name, eps, 1) for name in ("itself", "seeds", "victims") for eps in (20.0, 10.0)
    )


@pytest.mark.parametrize("changed", ["target_front_end", "target_network", "target_recipe"])
def test_another_part_makes_another_victim(changed):
    same = {key.replace("source", "target"): value for key, value in SOURCE.items()}
    keys = SOURCE | same | {"source_seed": 0, "target_seed": 0}
    assert relation(keys) == "itself"
    assert relation(keys | {"target_seed": 1}) == "seeds"
    assert relation(keys | {changed: "other"}) == "victims"
