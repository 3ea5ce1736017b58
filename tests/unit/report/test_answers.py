"""The numbers at the top of the page."""

from dataclasses import replace

import numpy as np
import pytest

from mishear.report.answers import answers, best, halved
from tests.unit.conftest import ATTACKS


def named(found, part):
    return next(answer for answer in found if part in answer.question)


def test_the_strongest_attack_at_the_eps_shown(results_of, changes_of, rows):
    found = named(answers(results_of(rows), changes_of([]), 0.5), "at most 0.5 dB")
    assert (found.value, found.unit) == ("0.100", "accuracy")
    assert found.threat["Attack"] == "pgd, the strongest of fgsm, pgd-paper, pgd"
    assert found.detail.endswith("of this one victim, n = 200; another training may lie outside it")


def test_the_clean_accuracy_has_the_interval_of_the_tables(results_of, changes_of, rows):
    results = results_of(rows)
    over_speakers = results.table.assign(clean_low=0.51, clean_high=0.99)
    for table, said in [(over_speakers, "0.510 to 0.990"), (results.table.iloc[:0], "0.")]:
        found = named(answers(results_of(rows, table=table), changes_of([]), 0.5), "Clean")
        assert f"interval {said}" in found.detail


def test_the_smallest_change_is_an_upper_bound(results_of, changes_of, change_row, rows):
    results = results_of(rows)
    changes = changes_of([change_row(), change_row(defence="median", median_l2=1.0)])
    found = named(answers(results, changes, 0.5), "Smallest change")
    assert (found.value, found.unit) == ("17.5", "dB, median L2")
    assert "An upper bound: the smallest change that any of cw, ddn found" in found.detail
    assert "190 of 190" in found.detail and "second attack" not in found.detail
    assert found.threat["Found by"] == "ddn (100), cw (90)"
    one = changes_of([change_row(attacks="cw", found=80, median_l2="inf", median_high="inf")])
    found = named(answers(results, one, 0.5), "Smallest change")
    assert (found.value, found.unit) == ("none for half of the recordings", "")
    assert "16 to no limit" in found.detail and "A second attack may find less" in found.detail


def test_noise_is_shown_where_it_first_halves_the_accuracy(results_of, changes_of, rows):
    found = named(answers(results_of(rows), changes_of([]), 0.5), "Noise")
    assert found.value == "0.170"
    assert found.threat["Poison"] == "noise, amplitude 0.01 of full scale"
    assert "SNR 18 dB" in found.question
    assert found.threat["SI-SDR"].startswith("24 dB, without the constant offset")
    assert found.threat["Trained on it"].startswith("0.900")


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [("Backdoor", "0.900", "classified as three"), ("Wrong labels", "0.800", "accuracy")],
)
def test_poisons_are_shown_at_their_strongest(
    results_of, changes_of, rows, aimed_rows, question, value, unit
):
    found = named(answers(results_of(rows + aimed_rows), changes_of([]), 0.5), question)
    assert (found.value, found.unit) == (value, unit)


def test_the_attack_that_halves_the_accuracy_most_quietly_is_shown(heard_tables):
    halves = heard_tables["halves"].assign(saved_snr_db=[51.2, 60.0], half=0.48)
    found = halved(halves, "standard", ATTACKS)
    assert found.value == "51.2"
    assert found.threat["Attack"] == "pgd, the strongest of pgd"
    assert "of this one victim" in found.detail
    assert halved(halves, "another", ATTACKS) is None


def test_the_ratio_over_several_seeds_has_their_interval(heard_tables):
    row = heard_tables["halves"].iloc[:1].assign(lowest_snr_db=0.0, highest_snr_db=80.0, half=0.48)
    several = row.assign(saved_snr_db=51.0, saved_low=47.5, saved_high=np.inf, seeds=2)
    found = halved(several, "standard", ATTACKS)
    assert found.value == "51.0"
    assert "47.5 to above 80 dB over 2 victims and 200 recordings" in found.detail


def test_the_best_defence_is_warned_of_where_it_masks(robustness_row, robustness_of):
    table = robustness_of([robustness_row(0.5, 0.9, 0.6, 0.25, defence="median")])
    (row,) = table.itertuples()
    assert best(row, set(), "dB", ATTACKS).threat["Defence"] == "median"
    masked = best(row, {("standard", "median")}, "dB", ATTACKS).threat["Defence"]
    assert masked == "median. It masks its gradients: do not trust it."
    assert best(None, set(), "dB", ATTACKS) is None


def test_a_network_that_is_not_trained_on_a_poison_may_meet_it(results_of, changes_of, rows):
    unpoisoned = [row for row in rows if not row["poison"]]
    found = named(answers(results_of(unpoisoned), changes_of([]), 0.5), "Noise")
    assert found.threat["Trained on it"] == "not run"


def test_what_the_strongest_attack_knows_is_that_of_its_class(results_of, changes_of, rows):
    square = replace(ATTACKS["pgd"], class_="mishear.attacks.autoattack.LinfSquare")
    results = results_of(rows, attacks=ATTACKS | {"pgd": square})
    found = named(answers(results, changes_of([]), 0.5), "at most 0.5 dB")
    assert found.threat["Adaptive"].startswith("black box, untargeted")
    results = results_of(rows)
    found = named(answers(results, changes_of([]), 0.5), "at most 0.5 dB")
    assert found.threat["Adaptive"].startswith("white box, untargeted")
