"""The parts of the paper's example, on invented recordings."""

import numpy as np
import pytest

from mishear.core.statistics import wilson_interval
from mishear.paper.claims import FALLS, IN_PART, NOT_MEASURED, STANDS
from mishear.paper.example_claims import (
    degradation,
    other_picture,
    same_sound,
    still_recognised,
)

PICTURE = np.linspace(-60, 40, 1000).reshape(20, 50)


def quality(**pesq):
    return [
        {"recording": f"{name}.wav", "snr_db": 18.0, "si_sdr_db": 24.0, "pesq": score}
        | {"stoi": 0.9, "note": "short"}
        for name, score in pesq.items()
    ]


def transcripts(**answers):
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
    assert found.evidence.startswith("SNR 18 dB (median of 3 test recordings 18 dB); SI-SDR 24 dB")
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
    both = (transcripts(a="1", b="1"), transcripts(a="1", b=""))
    found = still_recognised({"listener": both}, "a.wav", "1")
    assert found.verdict == STANDS
    low, high = wilson_interval(1, 2)
    assert f"1 of 2 ({low:.2f} to {high:.2f}) when poisoned" in found.evidence
    assert still_recognised({"listener": both}, "b.wav", "1").verdict == FALLS
    two = {"listener": both, "other": (transcripts(b="1"), transcripts(b="1"))}
    assert still_recognised(two, "b.wav", "1").verdict == IN_PART
    assert still_recognised({}, "a.wav", "1").verdict == NOT_MEASURED
