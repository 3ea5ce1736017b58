"""The paper's recording of "one": what is left of what it says, on invented recordings."""

import numpy as np
import pytest

from mishear.core.statistics import wilson_interval
from mishear.evaluation.measurements import over_seeds
from mishear.paper.claims import FALLS, IN_PART, NOT_MEASURED, STANDS
from mishear.paper.example import (
    Evidence,
    degradation,
    other_picture,
    paper_example,
    same_sound,
    still_recognised,
)

PICTURE = np.linspace(-60, 40, 1000).reshape(20, 50)


def quality(**pesq):
    return [
        {"recording": f"{name}.wav", "snr_db": 18.0, "pesq": score, "stoi": 0.9, "note": "short"}
        for name, score in pesq.items()
    ]


def heard(**answers):
    return [
        {
            "recording": f"{name}.wav",
            "label": "1",
            "recognised_as": word,
            "transcript": word and "one",
        }
        for name, word in answers.items()
    ]


@pytest.mark.parametrize(
    ("score", "verdict", "words"),
    [
        (4.64, STANDS, "inaudible"),
        (4.5, STANDS, "inaudible"),
        (4.0, IN_PART, "audible but not annoying"),
        (3.4, FALLS, "slightly annoying"),
        (1.0, FALLS, "very annoying"),
    ],
)
def test_sounds_the_same_by_the_degradation_scale(score, verdict, words):
    found = same_sound(quality(a=score, b=2.0, c=None), "a.wav")
    assert found.verdict == verdict
    assert found.evidence.endswith(f"the change is {words}.")
    assert degradation(score) == words
    assert f"median of 2 test recordings {(score + 2) / 2:.2f}" in found.evidence


def test_a_refused_recording_is_not_judged():
    found = same_sound(quality(a=None, b=2.0), "a.wav")
    assert found.verdict == NOT_MEASURED
    assert "short" in found.evidence


@pytest.mark.parametrize(("part", "verdict"), [(1.0, STANDS), (0.2, IN_PART), (0.0, FALLS)])
def test_spectrograms_differ_where_colours_do(part, verdict):
    changed = PICTURE.copy()
    changed.flat[: round(part * PICTURE.size)] += 8
    assert other_picture(PICTURE, changed).verdict == verdict


def test_recognised_only_if_in_both_forms():
    both = (heard(a="1", b="1"), heard(a="1", b=""))
    found = still_recognised({"ear": both}, "a.wav", "1")
    assert found.verdict == STANDS
    low, high = wilson_interval(1, 2)
    assert f"1 of 2 ({low:.2f} to {high:.2f}) poisoned" in found.evidence
    assert still_recognised({"ear": both}, "b.wav", "1").verdict == FALLS
    two = {"ear": both, "other": (heard(b="1"), heard(b="1"))}
    assert still_recognised(two, "b.wav", "1").verdict == IN_PART
    assert still_recognised({}, "a.wav", "1").verdict == NOT_MEASURED


@pytest.fixture
def table(rows, summary_of):
    """Unpoisoned victims have .65 and .17 at the two amplitudes, retrained ones .95 and .9."""
    found = over_seeds(summary_of(rows))
    return found[found.attack == "noise"]


@pytest.fixture
def evidence():
    """A recording that sounds the same at 0.001 and worse, but drawn differently, at 0.01."""
    return Evidence(
        "a.wav",
        "1",
        {0.001: quality(a=4.6, b=4.5), 0.01: quality(a=2.0, b=2.0)},
        {"ear": {None: heard(a="1"), 0.001: heard(a="1"), 0.01: heard(a="1")}},
        {None: PICTURE, 0.001: PICTURE, 0.01: PICTURE[::-1]},
    )


def test_every_amplitude_is_judged(table, evidence):
    quiet, loud = paper_example(table, "standard", evidence).rows
    assert [part.verdict for part in quiet.verdicts] == [STANDS, FALLS, STANDS]
    assert [part.verdict for part in loud.verdicts] == [FALLS, STANDS, STANDS]
    assert (quiet.verdict, loud.verdict) == (FALLS, FALLS)
    assert loud.unpoisoned.accuracy == pytest.approx(0.17)
    assert loud.trained.accuracy == pytest.approx(0.9)


def test_the_verdict_is_at_the_amplitude_that_fits_the_papers_figure(table, evidence):
    verdict = paper_example(table, "standard", evidence).verdict
    assert "trained and tested on noise is nearest to the paper's 0.17 at amplitude 0.01" in verdict
    assert "amplitude 0.01 (0.170, 95 % interval" in verdict
    assert verdict.endswith("what the paper says does not stand.")


def test_all_parts_have_to_stand(table, evidence):
    (part,) = {row.verdict for row in paper_example(table, "standard", evidence).rows}
    assert part == FALLS
    pictures = dict.fromkeys((0.001, 0.01), PICTURE[::-1]) | {None: PICTURE}
    other = Evidence("a.wav", "1", evidence.quality, evidence.transcripts, pictures)
    quiet, loud = paper_example(table, "standard", other).rows
    assert (quiet.verdict, loud.verdict) == (STANDS, FALLS)
    unheard = Evidence("a.wav", "1", evidence.quality, {}, pictures)
    assert paper_example(table, "standard", unheard).rows[0].verdict == NOT_MEASURED
