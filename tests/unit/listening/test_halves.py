"""The ratio at half the accuracy over the seeds: where it lies, and what its interval holds."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from mishear.core.errors import UserError
from mishear.core.tables.base import described
from mishear.core.tables.evaluation import RESULTS
from mishear.core.tables.listening_over_seeds import SNR_AT_HALF_OVER_SEEDS
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.listening.halves import at_half, halves_over_seeds
from mishear.listening.tables import crossing
from tests.unit.conftest import PLACE, result_row

RATIOS = (60.0, 50.0, 40.0, 30.0)


def rows_of(correct):
    said = ["1" if right else "2" for right in correct]
    return [
        result_row(f"{number:03d}.wav", adversarial=after, saved_prediction=after)
        for number, after in enumerate(said)
    ]


def victims_of(correct, clean=None):
    """Victims by ratio, from an array of shape (ratios, victims, recordings)."""
    clean = np.full(correct.shape[2], True) if clean is None else clean
    return {
        ratio: [
            SimpleNamespace(
                correct_clean=clean, correct_adversarial=right & clean, correct_saved=right & clean
            )
            for right in of_victims
        ]
        for ratio, of_victims in zip(RATIOS, correct, strict=True)
    }


@given(arrays(bool, (4, 2, 6)), arrays(bool, 6))
def test_it_lies_where_the_mean_curve_falls_to_half_and_within_its_interval(correct, clean):
    row = at_half(victims_of(correct, clean))
    right = (correct & clean).mean((1, 2))
    (expected,) = crossing(np.array(RATIOS), right[None], np.array([clean.mean() / 2]))
    assert row["snr_db"] == pytest.approx(expected)
    assert row["low"] <= row["snr_db"] <= row["high"]
    assert row["saved_snr_db"] == row["snr_db"]
    assert row["snr_db_lowest"] <= row["snr_db_highest"]


def test_victims_and_speakers_that_differ_widen_the_interval():
    breaks_at = 45 + np.repeat([-8, -3, 0, 3, 8, 0], 20) + np.linspace(-2, 2, 120)
    speakers = np.repeat(np.arange(6), 20)
    same = np.array([[breaks_at < ratio] * 2 for ratio in RATIOS])
    apart = np.array([[breaks_at - 4 < ratio, breaks_at + 4 < ratio] for ratio in RATIOS])
    widths = [
        row["high"] - row["low"]
        for row in (
            at_half(victims_of(same)),
            at_half(victims_of(same), speakers),
            at_half(victims_of(apart)),
        )
    ]
    assert widths[1] > 1.5 * widths[0]
    assert widths[2] > 1.5 * widths[0]


def studies(random, count):
    """Which recordings three victims classify correctly, by study; the true ratio is about 45."""
    for _ in range(count):
        easy = random.normal(45, 6, 6)[np.arange(90) % 6] + random.normal(0, 3, 90)
        breaks_at = easy + random.normal(0, 0.3, (3, 1)) + random.logistic(0, 1, (3, 90))
        yield np.array([breaks_at < ratio for ratio in RATIOS])


def test_intervals_contain_the_ratio_of_victims_and_speakers_that_could_have_been_drawn():
    """Three victims and six speakers: 57 of 60 studies, or up to three fewer by chance."""
    random = np.random.default_rng(0)
    truth = crossing(
        np.array(RATIOS),
        np.mean([study.mean((1, 2)) for study in studies(random, 2000)], 0)[None],
        np.array([0.5]),
    )[0]
    held = np.zeros(2, dtype=int)
    for study in studies(random, 60):
        victims = victims_of(study)
        for place, speakers in enumerate((None, np.arange(90) % 6)):
            row = at_half(victims, speakers)
            held[place] += row["low"] <= truth <= row["high"]
    assert held[1] >= 54
    assert held[0] < 48, "the recordings of a speaker are not independent"


def test_each_recipe_and_attack_has_a_row_and_folds_are_pooled(tmp_path):
    right = {60: np.full(40, True), 30: np.arange(40) < 8}
    keys, files = [], []
    for ratio, correct in right.items():
        rows = rows_of(correct)
        for seed, fold, part in ((0, None, rows), (1, 0, rows[::2]), (1, 1, rows[1::2])):
            place = {"defence": "none", "attack": "pgd", "eps": ratio, "seed": seed, "fold": fold}
            keys.append(PLACE | place)
            files.append(tmp_path / f"{ratio}-{seed}-{fold}.csv")
            RESULTS.write(part, files[-1])
    speakers = {PLACE["corpus"]: SpeakersOfTest({}, frozenset())}
    path = tmp_path / "halves.csv"
    SNR_AT_HALF_OVER_SEEDS.write(halves_over_seeds(described(keys, files), speakers), path)
    (row,) = SNR_AT_HALF_OVER_SEEDS.read(path)
    assert (row["n"], row["seeds"], row["clean_accuracy"], row["half"]) == (40, 2, 1, 0.5)
    assert row["snr_db"] == pytest.approx(60 - 30 * 0.5 / 0.8)
    assert (row["highest_snr_db"], row["lowest_snr_db"]) == (60, 30)
    with pytest.raises(UserError, match="not all tested on the same recordings"):
        list(halves_over_seeds(described(keys[:2], files[:2]), speakers))


def test_what_lies_beyond_the_ratios_that_were_run_is_infinite():
    never = at_half(victims_of(np.full((4, 2, 20), True)))
    assert never["snr_db"] == never["low"] == -math.inf
    at_once = at_half(victims_of(np.full((4, 2, 20), False)))
    assert at_once["snr_db"] == at_once["high"] == math.inf
