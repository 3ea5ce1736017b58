"""Recordings are classified as they are and at each severity of a corruption."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from mishear.core.arrays import write_chunks
from mishear.core.errors import UserError
from mishear.core.tables.base import described
from mishear.core.tables.corruptions import CORRUPTED
from mishear.corruptions import Attenuation, Babble, Context, Corruption, WhiteNoise
from mishear.defences.defended import DefendedVictim
from mishear.defences.smoothing import RandomisedSmoothing
from mishear.evaluation.corrupted import (
    change_of,
    classify_corrupted,
    contexts_of,
    corrupted_waveforms,
    severities_in,
    voices_of,
)
from mishear.evaluation.evaluated import read_corrupted
from mishear.evaluation.recordings import Recordings
from mishear.features.split import Division
from mishear.runtime.batching import Batches
from tests.unit.evaluation.conftest import CPU

pytestmark = pytest.mark.usefixtures("one_thread")

CLASSES = ["loud", "quiet"]
SAMPLES = 400
TIME = np.arange(SAMPLES) / SAMPLES


class Loudness(nn.Module):
    """Calls a recording loud whose mean power is above 0.01, which is -20 dB."""

    def forward(self, inputs):
        power = inputs.square().flatten(1).mean(1)
        return torch.stack([power - 0.01, 0.01 - power], dim=1)


VICTIM = DefendedVictim(Loudness())


def sines(*amplitudes):
    return np.stack([each * np.sin(40 * np.pi * TIME) for each in amplitudes]).astype(np.float32)


def recordings(waveforms):
    count = len(waveforms)
    names = np.array([f"{number}.wav" for number in range(count)])
    targets = np.array([int(each.std() < 0.1) for each in waveforms])
    return Recordings(names, np.arange(count), waveforms.__getitem__, targets, CLASSES)


def contexts(count):
    return [Context(f"{number:04x}", SAMPLES) for number in range(count)]


def classified(waveforms, corruptions, batch_size=2):
    batches = Batches(0, batch_size, CPU)
    given = recordings(waveforms), contexts(len(waveforms)), corruptions
    return classify_corrupted(VICTIM, *given, nn.Identity(), batches)


def test_there_is_a_row_for_each_severity_and_recording():
    waveforms = sines(0.5, 0.2, 0.05)
    rows = classified(waveforms, [Attenuation(level=level) for level in (4, 20)])
    assert [(row["severity"], row["recording"]) for row in rows] == [
        (severity, f"{number}.wav") for severity in (1, 2) for number in range(3)
    ]
    assert [row["clean_prediction"] for row in rows] == ["loud", "loud", "quiet"] * 2
    assert [row["corrupted_prediction"] for row in rows[:3]] == ["loud", "quiet", "quiet"]
    assert {row["corrupted_prediction"] for row in rows[3:]} == {"quiet"}
    assert {(row["level"], row["level_unit"]) for row in rows} == {
        (4, "dB quieter"),
        (20, "dB quieter"),
    }


def test_batches_make_no_difference():
    waveforms, noise = sines(0.5, 0.2, 0.05, 0.3), [WhiteNoise(level=0)]

    def results(size):
        return [row | {"seconds": 0} for row in classified(waveforms, noise, size)]

    assert results(1) == results(3)


def test_different_recordings_get_different_noise_also_where_they_sound_alike():
    clean = sines(0.5, 0.5)
    noise = corrupted_waveforms(clean, contexts(2), WhiteNoise(level=0)) - clean
    assert abs(np.corrcoef(noise)[0, 1]) < 0.2


def test_silence_stays_silence():
    silent = sines(0)
    assert not corrupted_waveforms(silent, contexts(1), WhiteNoise(level=0)).any()
    assert change_of(silent[0], silent[0], True)["snr_db"] is None


def test_only_noise_has_ratios():
    (clean,) = sines(0.5)
    change = change_of(clean, 0.9 * clean, True)
    assert change["snr_db"] == pytest.approx(20, abs=1e-4)
    assert change["l2"] == pytest.approx(0.1 * np.linalg.norm(clean), rel=1e-4)
    assert change_of(clean, 0.9 * clean, False)["snr_db"] is None


@dataclass(frozen=True, kw_only=True)
class Shorter(Corruption):
    unit: ClassVar[str] = "samples"
    severities: ClassVar[tuple[float, ...]] = (1,)

    def corrupted(self, waveform, context):
        return waveform[: -int(self.level)]


@dataclass(frozen=True, kw_only=True)
class Infinite(Shorter):
    def corrupted(self, waveform, context):
        return waveform / 0 if self.level else waveform


@pytest.mark.parametrize("corruption", [Shorter(level=1), Infinite(level=1)])
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_a_corruption_that_returns_no_such_waveform_is_named(corruption):
    with pytest.raises(UserError, match=f"{type(corruption).__name__} at 1 .* returned"):
        corrupted_waveforms(sines(0.5), contexts(1), corruption)


class NoLogarithm(nn.Module):
    """Gives values that are not finite for quiet recordings."""

    def __init__(self, value):
        super().__init__()
        self.value = value

    def forward(self, inputs):
        quiet = inputs.abs().amax(-1, keepdim=True) < 0.1
        return torch.where(quiet, self.value, inputs)


SAID = "1.wav, under Attenuation at 20 dB quieter: {} gives NaN"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_features_that_are_not_finite_are_named(value):
    """The second recording is quiet enough at the second severity, the first one is not."""
    given = recordings(sines(2.0, 0.5)), contexts(2), [Attenuation(level=n) for n in (-3, 20)]
    with pytest.raises(UserError, match=SAID.format("the front end")):
        classify_corrupted(VICTIM, *given, NoLogarithm(value), Batches(0, 2, CPU))


@pytest.mark.parametrize("defences", [[], [RandomisedSmoothing((-9, 9), sigma=1e-9, votes=3)]])
def test_scores_that_are_not_numbers_are_named(defences):
    victim = DefendedVictim(nn.Sequential(NoLogarithm(np.nan), Loudness()), defences)
    given = recordings(sines(2.0, 0.5)), contexts(2), [Attenuation(level=n) for n in (-3, 20)]
    with pytest.raises(UserError, match=SAID.format("the victim")):
        classify_corrupted(victim, *given, nn.Identity(), Batches(0, 2, CPU))


def test_a_corruption_that_cannot_be_applied_is_named():
    with pytest.raises(UserError, match="Babble at 0 dB SNR: there is no other recording"):
        corrupted_waveforms(sines(0.5), contexts(1), Babble(level=0))


class TestVoices:
    @pytest.fixture
    def shards(self, tmp_path):
        """Twelve recordings, each full of its own number."""
        paths = [tmp_path / "0.npy", tmp_path / "1.npy"]
        numbers = np.arange(12, dtype=np.float32)[:, None].repeat(3, axis=1)
        for path, part in zip(paths, (numbers[:5], numbers[5:]), strict=True):
            write_chunks(path, len(part), [part])
        return paths

    def test_they_are_those_of_the_training(self, shards, division):
        voices = voices_of(shards, division)
        assert voices.contents.tolist() == division.contents[division.rows("train")].tolist()
        assert (
            voices.read(np.array([1, 0]))[:, 0].tolist() == division.rows("train")[[1, 0]].tolist()
        )

    def test_without_a_training_they_are_those_of_the_test(self, shards, division):
        alone = Division(
            division.recordings,
            division.labels,
            division.speakers,
            np.full(12, "test"),
            division.contents,
        )
        assert len(voices_of(shards, alone).contents) == 12

    def test_a_context_has_the_content_of_its_recording(self, shards, division):
        voices = voices_of(shards, division)
        found = contexts_of(division, np.array([2, 5]), 8000, voices)
        assert [each.content for each in found] == division.contents[[2, 5]].tolist()
        assert {each.sample_rate for each in found} == {8000}


def test_the_table_is_read_as_an_evaluation_for_each_severity(tmp_path):
    rows = classified(sines(0.5, 0.2, 0.05), [Attenuation(level=level) for level in (4, 20)])
    rows[0]["clean_prediction"] = "quiet"
    CORRUPTED.write(rows, tmp_path / "quieter.csv")
    assert [keys for keys, _ in severities_in(tmp_path / "quieter.csv")] == [
        {"severity": 1, "level": 4, "level_unit": "dB quieter"},
        {"severity": 2, "level": 20, "level_unit": "dB quieter"},
    ]
    keys = {"corruption": "quieter", "evaluation": None}
    mild, harsh = read_corrupted(described([keys], [tmp_path / "quieter.csv"]))
    assert mild.keys == keys | {"severity": 1, "level": 4, "level_unit": "dB quieter"}
    assert not mild.is_attack and not mild.tried.any()
    assert mild.numbers["clean_accuracy"] == pytest.approx(2 / 3)
    # No attack: what is right when corrupted counts, also where it is wrong when clean.
    assert mild.correct_adversarial.tolist() == [True, False, True]
    assert harsh.numbers["accuracy"] == pytest.approx(1 / 3)
    assert harsh.numbers["attack_success_rate"] is None
