"""What the tables of sounds say: recognition relative to clean, inversions, the ratio at half."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.tables import read_results
from mishear.listening.tables import (
    EARS_COLUMNS,
    HALF_COLUMNS,
    INVERSION_COLUMNS,
    SOUND,
    VICTIM,
    crossing,
    snr_at_half,
    summaries_of_ears,
    summaries_of_halves,
    summarise_inversion,
    write_ears,
    write_halves,
    write_inversion_table,
)
from mishear.report.environment import ratio

PLACE = {"corpus": "digits", "front_end": "mel8", "network": "net", "recipe": "standard", "seed": 0}


def sound(kind, **changes):
    row = dict.fromkeys(SOUND) | {"corpus": "digits", "front_end": "mel8", "kind": kind}
    return row | changes


def quality(count, **values):
    row = {"snr_db": "10", "si_sdr_db": "9", "pesq": "2", "stoi": "0.5", "clipped": "0"} | values
    return [row] * count


def heard(answers):
    return [{"label": "a", "heard": answer} for answer in answers]


def test_recognition_is_relative_to_what_is_recognised_when_clean():
    clean, noisy = summaries_of_ears(
        [sound("clean"), sound("poisoned", name="noise", eps=0.1)],
        ["listener"],
        [quality(4, snr_db="inf"), quality(4)],
        [heard("aaab"), heard("ab a")],
    )
    assert (clean["recognised"], clean["kept"], clean["kept_n"]) == (0.75, 1, 3)
    assert (noisy["recognised"], noisy["kept"], noisy["kept_n"]) == (0.5, 1 / 3, 3)
    assert noisy["kept_low"] < 1 / 3 < noisy["kept_high"]
    assert noisy["median_snr_db"] == 10


def test_medians_are_over_what_could_be_measured():
    rows = [*quality(2), *quality(1, pesq=""), *quality(1, pesq="4")]
    (row,) = summaries_of_ears([sound("clean")], ["listener"], [rows], [heard("aaaa")])
    assert (row["median_pesq"], row["pesq_n"], row["n"]) == (2, 3, 4)


def test_no_ratio_is_given_of_sound_without_its_phase():
    keys = [sound("clean"), sound("inverted", **PLACE)]
    tables = [quality(1), quality(1)]
    _, row = summaries_of_ears(keys, ["listener"], tables, [heard("a"), heard("a")])
    assert row["median_snr_db"] is row["median_si_sdr_db"] is None
    assert row["median_stoi"] == 0.5


def test_without_recognisers_quality_is_there_all_the_same(tmp_path):
    rows = list(summaries_of_ears([sound("clean")], [], [quality(3)], []))
    write_ears(rows, tmp_path / "ears.csv")
    (read,) = read_results(tmp_path / "ears.csv")
    assert tuple(read) == EARS_COLUMNS
    assert (read["recogniser"], read["recognised"], read["n"], read["median_pesq"]) == (
        *("", ""),
        *("3", "2"),
    )


def test_an_inversion_is_told_from_what_it_spoils_by_itself(tmp_path):
    names = ("clean", "adversarial", "round_trip", "inverted")
    rows = [
        {"label": "a"} | {f"{name}_prediction": said for name, said in zip(names, row, strict=True)}
        for row in ("aaaa", "abaa", "abab", "abba", "bbbb")
    ]
    row = summarise_inversion(PLACE | {"attack": "fgsm", "eps": 0.5}, rows)
    accuracies = {name: row[f"{name}_accuracy"] for name in ("clean", "attacked", "round_trip")}
    assert accuracies == {"clean": 0.8, "attacked": 0.2, "round_trip": 0.6}
    assert row["inverted_accuracy"] == 0.6
    assert (row["inverted_of_kept_accuracy"], row["kept_n"]) == (2 / 3, 3)
    write_inversion_table([row], tmp_path / "inversions.csv")
    assert tuple(read_results(tmp_path / "inversions.csv")[0]) == INVERSION_COLUMNS


def evaluation(right, saved=None, n=100):
    return [
        {
            "recording": f"{number:03}",
            "label": "a",
            "clean_prediction": "a",
            "adversarial_prediction": "a" if number < right * n else "b",
            "saved_prediction": "a" if number < (right if saved is None else saved) * n else "b",
        }
        for number in range(n)
    ]


KEYS = PLACE | {"defence": "none", "attack": "pgd"}


def test_the_ratio_at_half_lies_between_two_that_were_run(tmp_path):
    row = snr_at_half(KEYS, {20: evaluation(0.1), 40: evaluation(0.3), 60: evaluation(0.7)})
    assert row["snr_db"] == pytest.approx(50)
    assert row["low"] < 50 < row["high"]
    assert row["half"] == 0.5
    write_halves([row], tmp_path / "halves.csv")
    assert tuple(read_results(tmp_path / "halves.csv")[0]) == HALF_COLUMNS


def test_what_was_saved_has_a_ratio_of_its_own():
    row = snr_at_half(KEYS, {20: evaluation(0.1), 40: evaluation(0.3, 0.4), 60: evaluation(0.7, 1)})
    assert row["snr_db"] == pytest.approx(50)
    assert row["saved_snr_db"] == pytest.approx(40 + 20 / 6)
    assert row["saved_low"] < row["saved_snr_db"] < row["saved_high"]


@pytest.mark.parametrize(
    ("accuracies", "found", "words"),
    [([0.2, 0.1], math.inf, "above 40"), ([0.9, 0.8], -math.inf, "below 20")],
)
def test_beyond_what_was_run_it_is_said_so(accuracies, found, words):
    row = snr_at_half(KEYS, dict(zip((40, 20), map(evaluation, accuracies), strict=True)))
    assert row["snr_db"] == found
    assert ratio(row["snr_db"], SimpleNamespace(**row)) == words


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.floats(0.01, 0.99))
def test_a_curve_crosses_its_level_where_its_line_does(accuracies, level):
    ratios = np.arange(len(accuracies), 0, -1) * 10.0
    (found,) = crossing(ratios, np.array([accuracies]), np.array([level]))
    fallen = [accuracy <= level for accuracy in accuracies]
    if not any(fallen):
        assert found == -math.inf
    elif fallen[0]:
        assert found == math.inf
    else:
        here = np.interp(-found, -ratios, accuracies)
        assert here == pytest.approx(level, abs=1e-6)
        assert found >= ratios[fallen.index(True)] - 1e-9


def test_each_victim_and_attack_has_a_row_and_seeds_stay_apart():
    keys = [
        KEYS | {"eps": eps, "seed": seed, "attack": attack}
        for attack in ("fgsm", "pgd")
        for seed in (0, 1)
        for eps in (40, 20)
    ]
    rows = list(summaries_of_halves(keys, [evaluation(0.6), evaluation(0.2)] * 4))
    places = [tuple(row[key] for key in (*VICTIM, "attack")) for row in rows]
    assert len(set(places)) == len(rows) == 4
    assert {round(row["snr_db"], 6) for row in rows} == {35}
