"""A sound holds the recordings one after the other, and is classified as they are."""

import numpy as np
import pytest
import torch
from torch import nn

from mishear.core.flac import STEPS, write_sound
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.sounds import classify_sound, clean_waveforms, poisoned_waveforms
from mishear.poisoning.poisons import UniformNoise
from mishear.runtime.batching import Batches
from tests.unit.evaluation.conftest import CPU

pytestmark = pytest.mark.usefixtures("one_thread")


class Loudest(nn.Module):
    """Logits are the energies of the four quarters of a waveform."""

    def forward(self, waveforms):
        return waveforms.reshape(len(waveforms), 4, -1).square().sum(2)


@pytest.fixture
def recordings():
    """Twelve waveforms, each loud in one quarter."""
    targets = np.arange(12) % 4
    waveforms = np.full((12, 400), 0.01, np.float32)
    for row, target in enumerate(targets):
        waveforms[row, 100 * target : 100 * target + 100] = 0.5
    names = np.array([f"{number}.wav" for number in range(12)])
    return Recordings(names, np.arange(12), waveforms.__getitem__, targets, list("abcd"))


@pytest.mark.parametrize("size", [1, 5, 12, 50])
def test_each_recording_of_a_sound_is_classified(recordings, tmp_path, size):
    sound = tmp_path / "clean.flac"
    write_sound(sound, clean_waveforms(recordings), 8000)
    victim = DefendedVictim(Loudest().eval())
    predicted = classify_sound(victim, nn.Identity(), sound, 400, 12, Batches(0, size, CPU))
    assert predicted.tolist() == recordings.targets.tolist()


def test_a_sound_without_recordings_has_no_classes(tmp_path):
    write_sound(tmp_path / "none.flac", [], 8000)
    victim = DefendedVictim(Loudest().eval())
    batches = Batches(0, 5, CPU)
    found = classify_sound(victim, nn.Identity(), tmp_path / "none.flac", 400, 0, batches)
    assert found.shape == (0,)


def test_clean_waveforms_are_the_recordings(recordings):
    assert np.array_equal(np.concatenate(list(clean_waveforms(recordings))), recordings.inputs())


def test_poisoned_waveforms_are_those_of_a_test(recordings):
    poison = UniformNoise(amplitude=0.1, seed=1)
    contents = np.array([f"{number:016x}" for number in range(len(recordings))])
    found = np.concatenate(list(poisoned_waveforms(recordings, contents, poison, 8000)))
    added = found - recordings.inputs()
    assert added.min() >= -1 / STEPS and 0.09 < added.max() <= 0.1 + 1e-6
    for row, content in enumerate(contents.tolist()):
        alone = poison.poisoned_waveform(recordings.inputs()[row], content, 8000, in_training=False)
        assert np.array_equal(found[row], alone)


def test_the_seed_of_a_batch_is_that_of_its_place(recordings, tmp_path):
    """So a random defence gives the same answer in a shard as in the whole."""
    seeds = []

    class Noting:
        def predict(self, inputs, seed):
            seeds.append(seed)
            return torch.zeros(len(inputs), dtype=torch.long)

    write_sound(tmp_path / "clean.flac", clean_waveforms(recordings), 8000)
    batches = Batches(3, 5, CPU, first=20)
    classify_sound(Noting(), nn.Identity(), tmp_path / "clean.flac", 400, 12, batches)
    assert seeds == [23, 28, 33]
