"""Recordings gathered for the page on which they can be played."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from mishear.core.errors import UserError
from mishear.core.flac import write_sound
from mishear.core.tables.listening import QUALITY, TRANSCRIPTS
from mishear.defences.defended import DefendedVictim
from mishear.features.split import Division
from mishear.paper.example_claims import CLAIMS
from mishear.report.audio_examples import (
    Classifier,
    Noise,
    chosen_recordings,
    played_recordings,
    sound_files,
)

LABELS = ["0", "1", "0", "1", "0", "1"]
SPLIT = ["train", "train", "test", "test", "test", "test"]
RATE = 800
VERSIONS = {
    "clean": {"kind": "clean", "name": None, "eps": None, "budget": None},
    "noise": {"kind": "poisoned", "name": "noise", "eps": 0.01, "budget": None},
    "inverted": {"kind": "inverted", "name": "fgsm", "eps": 0.5, "budget": "eps"},
}


@pytest.fixture
def division():
    names = np.array([f"{number}.wav" for number in range(6)])
    return Division(names, np.array(LABELS), names, np.array(SPLIT), names)


@pytest.fixture
def inputs(tmp_path):
    """Three sounds of the four test recordings, with their quality and transcripts."""
    found = {}
    quality = {
        "snr_db": 20.0,
        "si_sdr_db": 19.0,
        "pesq": 4.6,
        "stoi": 0.9,
        "note": "",
        "clipped": 0,
    }
    for number, path in enumerate(VERSIONS):
        waveforms = np.full((4, RATE), 0.1 * (number + 1), np.float32)
        write_sound(tmp_path / f"{path}.flac", [waveforms], RATE)
        rows = [{"recording": f"{n}.wav", "label": LABELS[n]} for n in range(2, 6)]
        QUALITY.write([row | quality for row in rows], tmp_path / f"{path}-quality.csv")
        heard = {"transcript": "one", "recognised_as": "1"}
        TRANSCRIPTS.write([row | heard for row in rows], tmp_path / f"{path}-transcripts.csv")
        found[f"sound/{path}"] = tmp_path / f"{path}.flac"
        found[f"quality/{path}"] = tmp_path / f"{path}-quality.csv"
        found[f"transcript/listener/{path}"] = tmp_path / f"{path}-transcripts.csv"
    return found


class Loud(nn.Module):
    """Class 1 for a mean above 0.15, else class 0."""

    def forward(self, spectrograms):
        level = spectrograms.mean(dim=(1, 2, 3)) - 0.15
        return torch.stack([-level, level], dim=1)


@pytest.fixture
def classifier():
    return Classifier(DefendedVictim(Loud()), nn.Unflatten(2, (8, RATE // 8)), RATE)


def test_the_word_one_comes_first_and_no_recording_twice(division):
    assert chosen_recordings(division, ["4.wav", "3.wav"]) == [3, 4]
    assert chosen_recordings(division, 2)[0] == 3


def test_a_name_that_is_not_a_test_recording_is_refused(division):
    with pytest.raises(UserError, match=r"listening\.page\.recordings: '0\.wav' is not"):
        chosen_recordings(division, ["0.wav"])


def test_every_version_has_its_own_files(inputs):
    clean, noisy, _ = sound_files(VERSIONS, ["listener"], inputs)
    assert (clean.kind, noisy.name) == ("clean", "noise")
    assert noisy.transcripts == {"listener": inputs["transcript/listener/noise"]}
    assert isinstance(noisy.sound, Path)


def test_recordings_have_all_versions_as_the_victim_predicts_them(division, inputs, classifier):
    sounds = sound_files(VERSIONS, ["listener"], inputs)
    first, second = played_recordings([3, 4], division, sounds, classifier, None)
    assert (first.name, first.label, second.label) == ("3.wav", "1", "0")
    assert [version.predicted for version in first.versions] == ["0", "1", "1"]
    assert first.versions[0].waveform == pytest.approx(0.1, abs=1e-4)
    assert first.versions[1].transcripts[0].text == "one"
    assert first.versions[1].quality["snr_db"] == 20
    assert first.versions[2].quality["snr_db"] is None, "inverted sound has lost its phase"
    assert first.example is None


def test_the_papers_example_is_judged_on_the_first(
    division, inputs, classifier, rows, over_seeds_of
):
    sounds = sound_files(VERSIONS, ["listener"], inputs)
    noise = Noise("noise", "standard", over_seeds_of(rows))
    first, second = played_recordings([3, 4], division, sounds, classifier, noise)
    (row,) = first.example.rows
    assert row.amplitude == 0.01
    assert row.unpoisoned.accuracy == pytest.approx(0.17)
    assert [part.claim for part in row.verdicts] == list(CLAIMS)
    assert second.example is None
