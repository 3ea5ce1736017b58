"""What the tables of sounds say: recognition relative to clean, inversions, the ratio at half."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.tables.base import described
from mishear.core.tables.evaluation import RESULTS
from mishear.core.tables.listening import (
    AUDIO_QUALITY,
    INVERSIONS,
    INVERTED,
    QUALITY,
    SNR_AT_HALF,
    SOUND_KEYS,
    TRANSCRIPTS,
)
from mishear.core.tables.shared import VICTIM_KEYS
from mishear.evaluation.results import Results
from mishear.listening.tables import (
    crossing,
    measured_sounds,
    snr_at_half,
    summaries_of_audio_quality,
    summaries_of_halves,
    summarise_inversion,
    summarise_inversions,
)
from mishear.report.environment import ratio
from tests.unit.conftest import result_row

PLACE = {
    "corpus": "digits",
    "front_end": "mel8",
    "network": "net",
    "recipe": "standard",
    "seed": 0,
    "fold": None,
}


def sound(kind, **changes):
    row = dict.fromkeys(SOUND_KEYS) | {"corpus": "digits", "front_end": "mel8", "kind": kind}
    return row | changes


def quality(count, **values):
    row = {"recording": "a.wav", "label": "a", "note": "", "clipped": 0.0}
    row |= {"snr_db": 10.0, "si_sdr_db": 9.0, "pesq": 2.0, "stoi": 0.5}
    return [row | values] * count


def transcribed(answers):
    answers = answers.replace(" ", "-")
    return [
        {"recording": "a.wav", "label": "a", "transcript": said, "recognised_as": said.strip("-")}
        for said in answers
    ]


@pytest.fixture
def summarised(tmp_path):
    """A function that writes the files of sounds, and gives the table made of them."""

    def table(keys, qualities, answers):
        recognisers = ["listener"] if answers else []
        files = [tmp_path / f"{number}.csv" for number in range(len(keys))]
        transcripts = [tmp_path / f"transcripts{number}.csv" for number in range(len(answers))]
        for rows, file in zip(qualities, files, strict=True):
            QUALITY.write(rows, file)
        for said, file in zip(answers, transcripts, strict=True):
            TRANSCRIPTS.write(transcribed(said), file)
        sounds = measured_sounds(keys, files, recognisers, transcripts)
        AUDIO_QUALITY.write(summaries_of_audio_quality(sounds), tmp_path / "audio_quality.csv")
        return AUDIO_QUALITY.read(tmp_path / "audio_quality.csv")

    return table


def test_recognition_is_relative_to_what_is_recognised_when_clean(summarised):
    clean, noisy = summarised(
        [sound("clean"), sound("poisoned", name="noise", eps=0.1)],
        [quality(4, snr_db=math.inf), quality(4)],
        ["aaab", "ab a"],
    )
    assert (clean["recognised"], clean["retained"], clean["retained_n"]) == (0.75, 1, 3)
    assert (noisy["recognised"], noisy["retained_n"]) == (0.5, 3)
    assert noisy["retained"] == pytest.approx(1 / 3, abs=1e-6)
    assert noisy["retained_low"] < 1 / 3 < noisy["retained_high"]
    assert noisy["median_snr_db"] == 10


def test_medians_are_over_what_could_be_measured(summarised):
    rows = [*quality(2), *quality(1, pesq=None), *quality(1, pesq=4.0)]
    (row,) = summarised([sound("clean")], [rows], ["aaaa"])
    assert (row["median_pesq"], row["pesq_n"], row["n"]) == (2, 3, 4)


def test_no_ratio_is_given_of_sound_without_its_phase(summarised):
    keys = [sound("clean"), sound("inverted", **PLACE)]
    _, row = summarised(keys, [quality(1), quality(1)], ["a", "a"])
    assert row["median_snr_db"] is row["median_si_sdr_db"] is None
    assert row["median_stoi"] == 0.5


def test_without_recognisers_quality_is_there_all_the_same(summarised):
    (row,) = summarised([sound("clean")], [quality(3)], [])
    assert (row["recogniser"], row["recognised"], row["n"], row["median_pesq"]) == ("", None, 3, 2)


def test_sounds_and_files_must_be_as_many():
    with pytest.raises(ValueError, match="zip"):
        measured_sounds([sound("clean")], ["a.csv", "b.csv"], [], [])
    with pytest.raises(ValueError, match="zip"):
        measured_sounds([sound("clean")], ["a.csv"], ["one", "two"], ["transcripts.csv"])


def test_an_inversion_is_told_from_what_it_spoils_by_itself(tmp_path):
    names = ("clean", "adversarial", "round_trip", "inverted")
    rows = [
        {"recording": "a.wav", "label": "a"}
        | {f"{name}_prediction": said for name, said in zip(names, row, strict=True)}
        for row in ("aaaa", "abaa", "abab", "abba", "bbbb")
    ]
    row = summarise_inversion(PLACE | {"attack": "fgsm", "eps": 0.5}, rows)
    accuracies = {name: row[f"{name}_accuracy"] for name in ("clean", "adversarial", "round_trip")}
    assert accuracies == {"clean": 0.8, "adversarial": 0.2, "round_trip": 0.6}
    assert row["inverted_accuracy"] == 0.6
    assert (row["inverted_of_retained_accuracy"], row["retained_n"]) == (2 / 3, 3)
    INVERTED.write(rows, tmp_path / "one.csv")
    keys = [PLACE | {"attack": "fgsm", "eps": 0.5}]
    (of_study,) = summarise_inversions(described(keys, [tmp_path / "one.csv"]))
    assert of_study == row
    INVERSIONS.write([of_study], tmp_path / "inversions.csv")


def rows_of(right, saved=None, n=100):
    saved = right if saved is None else saved
    return [
        result_row(
            f"{number:03}",
            "a",
            "a",
            "a" if number < right * n else "b",
            saved_prediction="a" if number < saved * n else "b",
        )
        for number in range(n)
    ]


def evaluation(right, saved=None):
    return Results(rows_of(right, saved))


KEYS = PLACE | {"defence": "none", "attack": "pgd"}


def test_the_ratio_at_half_lies_between_two_that_were_run(tmp_path):
    row = snr_at_half(KEYS, {20: evaluation(0.1), 40: evaluation(0.3), 60: evaluation(0.7)})
    assert row["snr_db"] == pytest.approx(50)
    assert row["low"] < 50 < row["high"]
    assert row["half"] == 0.5
    SNR_AT_HALF.write([row], tmp_path / "halves.csv")
    assert SNR_AT_HALF.read(tmp_path / "halves.csv")[0]["snr_db"] == pytest.approx(50)


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


def test_each_victim_and_attack_has_a_row_and_seeds_stay_apart(tmp_path):
    keys = [
        KEYS | {"eps": eps, "seed": seed, "attack": attack}
        for attack in ("fgsm", "pgd")
        for seed in (0, 1)
        for eps in (40, 20)
    ]
    quiet, loud = tmp_path / "quiet.csv", tmp_path / "loud.csv"
    RESULTS.write(rows_of(0.6), quiet)
    RESULTS.write(rows_of(0.2), loud)
    rows = list(summaries_of_halves(described(keys, [quiet, loud] * 4)))
    places = [tuple(row[key] for key in (*VICTIM_KEYS, "attack")) for row in rows]
    assert len(set(places)) == len(rows) == 4
    assert {round(row["snr_db"], 6) for row in rows} == {35}


def test_an_interval_resamples_clean_and_adversarial_together():
    """At 40 dB nothing is broken and at 20 dB all is, so half is at 30 dB in every resample."""
    quiet, loud = (
        Results(
            [
                result_row(label=label, adversarial=said, saved_prediction=said)
                for label in "12" * 50
            ]
        )
        for said in "13"
    )
    row = snr_at_half(KEYS, {20: loud, 40: quiet})
    assert row["clean_accuracy"] == 0.5
    assert (row["low"], row["snr_db"], row["high"]) == pytest.approx((30, 30, 30))
