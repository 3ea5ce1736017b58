"""The smallest change: for each recording the least that any attack found."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.core.tables.smallest_change import SMALLEST_CHANGE
from mishear.evaluation.evaluated import Evaluated
from mishear.evaluation.results import Results
from mishear.evaluation.smallest_change import of_victim, smallest_changes
from mishear.evaluation.speakers import SpeakersOfTest
from tests.unit.conftest import PLACE, result_row

KEYS = PLACE | {"gradient": "exact", "domain": "spectrogram", "norm": "l2", "eps": math.inf}
KEYS |= {"evaluation": "adaptive"}
SPEAKERS = {PLACE["corpus"]: SpeakersOfTest({}, frozenset())}
CHANGES = st.lists(st.one_of(st.floats(0.1, 50), st.just(math.inf)), min_size=5, max_size=5)


def evaluated(attack, changes, clean=None, **keys):
    """An attack that found these changes; infinite for none."""
    rows = [
        result_row(
            f"{number}.wav",
            clean="1" if before else "2",
            adversarial="1" if math.isinf(change) else "2",
            l2=0.0 if math.isinf(change) else change,
        )
        for number, (change, before) in enumerate(
            zip(changes, clean or [True] * len(changes), strict=True)
        )
    ]
    return Evaluated.of(KEYS | {"attack": attack} | keys, Results(rows))


@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_no_attack_alone_found_less(changes):
    row = of_victim([evaluated(str(number), found) for number, found in enumerate(changes)])
    least = np.min(changes, axis=0)
    assert row["median_l2"] == sorted(least)[2]
    assert row["found"] == np.isfinite(least).sum()
    counts = dict(part.split(":") for part in row["found_by"].split())
    assert sum(map(int, counts.values())) == row["found"]
    assert row["lower_quartile"] <= row["median_l2"] <= row["upper_quartile"]
    assert row["median_low"] <= row["median_l2"] <= row["median_high"]


def test_recordings_misclassified_when_clean_need_no_change_and_do_not_count():
    row = of_victim([evaluated("cw", [1.0, 2.0, 3.0, 9.0], [True, True, True, False])])
    assert (row["n"], row["found"], row["median_l2"]) == (3, 3, 2)


def test_where_nothing_was_found_the_change_is_infinite():
    row = of_victim([evaluated("cw", [1.0, math.inf, math.inf])])
    assert (row["found"], row["median_l2"]) == (1, math.inf)


def test_a_row_for_each_victim_and_one_over_the_seeds(tmp_path):
    first, second = np.linspace(1, 3, 21), np.linspace(3, 5, 21)
    evaluations = [
        evaluated("cw", first, seed=0),
        evaluated("ddn", first + 1, seed=0),
        evaluated("cw", second + 1, seed=1),
        evaluated("ddn", second, seed=1),
        evaluated("fgsm", first / 9, seed=0, eps=0.5),
        evaluated("other", first / 9, seed=0, norm="linf"),
        evaluated("sound", first / 9, seed=0, domain="waveform"),
        evaluated("unaware", first / 9, seed=0, evaluation="transfer"),
        evaluated("noise", first / 9, seed=0, evaluation=None),
    ]
    SMALLEST_CHANGE.write(smallest_changes(evaluations, SPEAKERS), tmp_path / "table.csv")
    rows = SMALLEST_CHANGE.read(tmp_path / "table.csv")
    assert [(row["seed"], row["seeds"], row["n"]) for row in rows] == [
        (0, 1, 21),
        (1, 1, 21),
        (None, 2, 42),
    ]
    assert [row["median_l2"] for row in rows] == pytest.approx([2, 4, 3])
    assert [row["found_by"] for row in rows] == ["cw:21 ddn:0", "cw:0 ddn:21", "cw:21 ddn:21"]
    both = rows[2]
    assert (both["median_l2_lowest"], both["median_l2_highest"]) == pytest.approx((2, 4))
    width = both["median_high"] - both["median_low"]
    assert width > rows[0]["median_high"] - rows[0]["median_low"], "the victims differ"


def test_one_victim_that_resists_makes_the_mean_infinite():
    evaluations = [
        evaluated("cw", [1.0, 2.0, 3.0], seed=0),
        evaluated("cw", [1.0, math.inf, math.inf], seed=1),
    ]
    row = list(smallest_changes(evaluations, SPEAKERS))[-1]
    assert row["median_l2"] == row["median_high"] == math.inf


def test_attacks_on_different_recordings_are_an_error():
    other = evaluated("ddn", [1.0, 2.0, 3.0])
    with pytest.raises(UserError, match="same recordings"):
        of_victim([evaluated("cw", [1.0, 2.0]), other])


def simulated(random, victims, of_recording):
    """Victims and speakers that differ, with a true median of 8."""
    names, place = np.unique(list(of_recording.values()), return_inverse=True)
    easy = random.normal(8, 2, len(names))[place] + random.normal(0, 2, len(place))
    own = random.normal(0, 0.2, (victims, 1)) + random.normal(0, 1, (victims, len(place)))
    for seed, changes in enumerate(np.maximum(easy + own, 0.01)):
        yield evaluated("cw", changes, seed=seed)


def test_intervals_contain_the_median_of_victims_and_speakers_that_could_have_been_drawn():
    """Three victims, six speakers, 90 recordings: 57 of 60 studies, or up to three fewer by chance.

    Over the recordings of these speakers alone, they contain it in fewer.
    """
    random = np.random.default_rng(0)
    of_recording = {f"{number}.wav": f"speaker {number % 6}" for number in range(90)}
    speakers = {
        trained: {PLACE["corpus"]: SpeakersOfTest(of_recording, frozenset(trained))}
        for trained in ((), ("speaker 0",))
    }
    held = dict.fromkeys(speakers, 0)
    for _ in range(60):
        evaluations = list(simulated(random, 3, of_recording))
        for trained, known in speakers.items():
            row = list(smallest_changes(evaluations, known))[-1]
            held[trained] += row["median_low"] <= 8 <= row["median_high"]
    assert held[()] >= 54
    assert held["speaker 0",] < 48
