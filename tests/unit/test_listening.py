"""Tables of what is heard, on rows invented for the purpose."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.listening import (
    EARS_COLUMNS,
    HALF_COLUMNS,
    INVERSION_COLUMNS,
    crossing,
    snr_at_half,
    summaries_of_ears,
    summaries_of_halves,
    summarise_ears,
    summarise_inversion,
    write_ears,
    write_halves,
)
from mishear.reading import read_listening
from mishear.summary import wilson_interval

VICTIM = {"corpus": "digits", "front_end": "mel8", "network": "net", "recipe": "r", "seed": 0}
SOUND = VICTIM | {"defence": "none", "kind": "waveform", "name": "pgd", "budget": "snr", "eps": 40}
PLAIN = dict.fromkeys(SOUND) | {"corpus": "digits", "front_end": "mel8", "kind": "clean"}


def quality(*rows):
    columns = ("snr_db", "si_sdr_db", "pesq", "stoi", "clipped")
    return [dict(zip(columns, row, strict=True)) for row in rows]


def heard(*answers, label="one"):
    return [{"label": label, "heard": answer} for answer in answers]


def evaluation(*adversarial, clean=None):
    """Rows of an evaluation: for each recording whether it is heard right, attacked and clean."""
    words = {True: "one", False: "two"}
    clean = [True] * len(adversarial) if clean is None else clean
    return [
        {
            "recording": f"{number}.wav",
            "label": "one",
            "clean_prediction": words[bool(before)],
            "adversarial_prediction": words[bool(after)],
        }
        for number, (after, before) in enumerate(zip(adversarial, clean, strict=True))
    ]


def share(right, n=100):
    return evaluation(*[number < right for number in range(n)])


def test_recognition_is_relative_to_clean():
    rows = quality(("40", "39", "4", "0.9", "0"), ("30", "29", "", "0.7", "0.5")) * 2
    row = summarise_ears(
        SOUND, rows, "ear", heard("one", "two", "one", ""), heard("one", "one", "", "")
    )
    assert (row["recognised"], row["n"]) == (0.5, 4)
    assert (row["kept"], row["kept_n"]) == (0.5, 2)
    assert (row["kept_low"], row["kept_high"]) == wilson_interval(1, 2)
    assert (row["median_pesq"], row["pesq_n"]) == (4.0, 2)
    assert (row["median_stoi"], row["stoi_n"]) == (pytest.approx(0.8), 4)
    assert row["median_snr_db"] == 35
    assert row["clipped"] == 0.25
    assert set(row) == set(EARS_COLUMNS)


@pytest.mark.parametrize("kind", ["inverted", "round-trip"])
def test_without_its_phase_a_sound_has_no_ratio(kind):
    rows = quality(("-3", "-30", "2", "0.9", "0"))
    row = summarise_ears(SOUND | {"kind": kind}, rows, "ear", heard("one"), heard("one"))
    assert row["median_snr_db"] is None and row["median_si_sdr_db"] is None
    assert row["median_pesq"] == 2


def test_nothing_recognised_when_clean_leaves_no_relative_rate():
    row = summarise_ears(SOUND, quality(("1", "1", "1", "1", "0")), "ear", heard("one"), heard(""))
    assert row["recognised"] == 1
    assert row["kept"] is None and row["kept_n"] == 0


def test_each_recogniser_is_compared_with_itself_on_clean(tmp_path):
    rows = quality(("inf", "inf", "4.64", "1", "0"))
    files = [heard("one"), heard("two"), heard("two"), heard("one")]
    found = list(summaries_of_ears([PLAIN, SOUND], ["good", "bad"], [rows, rows], files))
    attacked = {row["recogniser"]: row for row in found if row["kind"] == "waveform"}
    assert (attacked["good"]["kept"], attacked["good"]["kept_n"]) == (0, 1)
    assert (attacked["bad"]["kept"], attacked["bad"]["kept_n"]) == (None, 0)
    write_ears(found, tmp_path / "ears.csv")
    table = read_listening(tmp_path / "ears.csv")
    assert table.network.isna().tolist() == [True, True, False, False]
    assert np.isinf(table.median_snr_db).all()


def test_without_recognisers_quality_is_left(tmp_path):
    rows = quality(("inf", "inf", "4.64", "1", "0"))
    (row,) = summaries_of_ears([PLAIN], [], [rows], [])
    assert row["recognised"] is None and row["kept"] is None
    assert row["n"] == 1


def test_an_attack_is_told_from_what_inversion_spoils():
    columns = (
        "clean_prediction",
        "adversarial_prediction",
        "round_trip_prediction",
        "inverted_prediction",
    )
    rows = [
        dict(zip(columns, ("one" if right == "+" else "two" for right in answers), strict=True))
        | {"label": "one"}
        for answers in ("+-++", "+-+-", "+---", "+--+", "++++")
    ]
    row = summarise_inversion(VICTIM | {"attack": "pgd", "eps": 0.5}, rows)
    assert set(row) == set(INVERSION_COLUMNS)
    assert row["clean_accuracy"] == 1
    assert row["attacked_accuracy"] == 0.2
    assert row["round_trip_accuracy"] == 0.6
    assert row["inverted_accuracy"] == 0.6
    assert (row["inverted_of_kept_accuracy"], row["kept_n"]) == (pytest.approx(2 / 3), 3)
    assert (row["inverted_low"], row["inverted_high"]) == wilson_interval(3, 5)


def test_half_of_a_known_curve():
    """Accuracy falls by a point a decibel from 80 dB on: half of 1 is left at 30 dB."""
    row = snr_at_half(VICTIM, {ratio: share(ratio + 20) for ratio in (80, 60, 40, 20, 0)})
    assert row["snr_db"] == pytest.approx(30)
    assert row["half"] == 0.5
    assert row["n"] == 100
    assert row["note"] == ""
    # A standard error of 5 points is as many decibels here.
    assert 30 - row["low"] == pytest.approx(2 * 5, abs=3)
    assert row["high"] - 30 == pytest.approx(2 * 5, abs=3)


def test_half_is_half_of_the_clean_accuracy():
    clean = [number < 80 for number in range(100)]
    rows = {
        ratio: evaluation(*[number < right for number in range(100)], clean=clean)
        for ratio, right in ((60, 80), (40, 60), (20, 20))
    }
    row = snr_at_half(VICTIM, rows)
    assert row["half"] == pytest.approx(0.4)
    assert row["snr_db"] == pytest.approx(30)


@pytest.mark.parametrize(
    "right, found, note", [((40, 10), math.inf, "above 60 dB"), ((99, 90), -math.inf, "below 40")]
)
def test_half_beyond_what_was_run_is_said_so(right, found, note):
    row = snr_at_half(VICTIM, dict(zip((60, 40), map(share, right), strict=True)))
    assert row["snr_db"] == found
    assert row["note"].startswith(note)


def test_recordings_are_matched_by_name():
    rows = {60: share(90), 20: share(10)}
    backwards = {60: rows[60][::-1], 20: rows[20]}
    assert snr_at_half(VICTIM, rows) == snr_at_half(VICTIM, backwards)


RATIOS = np.array([80.0, 60.0, 40.0, 20.0])


@given(st.lists(st.integers(0, 100), min_size=4, max_size=4).map(sorted), st.integers(1, 99))
def test_a_falling_curve_crosses_where_it_is_interpolated(curve, level):
    accuracies, level = np.array(curve[::-1]) / 100, level / 100
    found = crossing(RATIOS, accuracies[None], np.array([level]))[0]
    if math.isfinite(found):
        assert np.interp(-found, -RATIOS, accuracies) == pytest.approx(level, abs=1e-9)
    else:
        assert (accuracies[0] <= level) if found > 0 else (accuracies[-1] > level)


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=3, max_size=3))
def test_interval_is_ordered_and_within_what_was_run(answers):
    rows = {ratio: evaluation(*right) for ratio, right in zip((60, 40, 20), answers, strict=True)}
    row = snr_at_half(VICTIM, rows, draws=200)
    assert row["low"] <= row["high"]
    assert all(math.isinf(row[end]) or 20 <= row[end] <= 60 for end in ("low", "high"))


def test_each_attack_has_a_row(tmp_path):
    keys = [
        VICTIM | {"defence": "none", "attack": attack, "eps": ratio}
        for attack in ("fgsm", "pgd")
        for ratio in (60, 20)
    ]
    rows = list(summaries_of_halves(keys, [share(90), share(60), share(90), share(10)]))
    assert [row["attack"] for row in rows] == ["fgsm", "pgd"]
    assert rows[0]["note"] == "below 20 dB" and rows[1]["snr_db"] == pytest.approx(40)
    assert all(set(row) == set(HALF_COLUMNS) for row in rows)
    write_halves(rows, tmp_path / "halves.csv")
    assert read_listening(tmp_path / "halves.csv").snr_db.tolist() == [-math.inf, 40]
