"""Examples of targeted attacks are made into sounds and classified as they are played."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from mishear.core.flac import sixteen_bit
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.reached import Reached, write_reached
from mishear.evaluation.recordings import Recordings
from mishear.features.front_ends.waveform import Waveform
from mishear.report.audio_examples import Classifier
from mishear.report.targeted_sounds import Originals, Sources, aimed_attacks

SAMPLES = 800
CLASSES = ["loud", "soft"]
SNR = {"domain": "waveform", "budget": "snr", "eps": [40.0, 20.0]}
EPS = {"domain": "spectrogram", "budget": "eps", "eps": [0.5, math.inf]}


class Energy(nn.Module):
    """Twice the waveform, which its inverse halves."""

    unit = "dB"

    def forward(self, waveforms):
        return 2 * waveforms

    def inverse(self, features, samples, iterations):
        return features.squeeze(1)[:, :samples] / 2


class NoInverse(nn.Module):
    def forward(self, waveforms):
        return waveforms


class Level(nn.Module):
    """Class 0 for a mean above 0.5."""

    def forward(self, inputs):
        level = inputs.mean(dim=(1, 2)) - 0.5
        return torch.stack([level, -level], dim=1)


def sources(front_end):
    names, rows = np.array(["a.wav", "b.wav"]), np.arange(2)
    waveforms = np.full((2, SAMPLES), 0.1, np.float32)
    inputs = front_end(torch.from_numpy(waveforms).unsqueeze(1)).numpy()
    originals = Originals(
        *(
            Recordings(names, rows, values.__getitem__, np.zeros(2, int), CLASSES)
            for values in (waveforms, inputs)
        )
    )
    classifier = Classifier(DefendedVictim(Level()), front_end, SAMPLES)
    return Sources(originals, classifier, iterations=1)


@pytest.fixture
def made(tmp_path):
    """A function that writes the examples of an attack at each eps and gathers the sounds."""

    def gathered(front_end, keys, *examples):
        files = {}
        for number, (eps, found) in enumerate(zip(keys["eps"], examples, strict=True)):
            files[f"examples/pgd/{eps:g}"] = tmp_path / f"{number}.npz"
            write_reached(found, tmp_path / f"{number}.npz")
        (attack,) = aimed_attacks({"pgd": keys}, files, sources(front_end))
        return attack

    return gathered


def test_the_smallest_perturbation_that_reaches_a_pair_is_played(made):
    quiet, loud = (sixteen_bit(np.full(SAMPLES, level, np.float32)) for level in (0.6, 0.9))
    first = Reached("a.wav", "soft", "loud", quiet)
    attack = made(Energy(), SNR, [first], [Reached("b.wav", "soft", "loud", loud)])
    (sound,) = attack.sounds
    assert (sound.recording, sound.limit, sound.number) == ("a.wav", "SNR 40 dB", "40")
    assert sound.attacked.waveform == pytest.approx(0.6, abs=1e-4)
    assert (sound.original.predicted, sound.attacked.predicted) == ("soft", "loud")
    assert sound.original.waveform == pytest.approx(0.1, abs=1e-4)
    assert not attack.is_approximate and attack.quantity == "SNR, dB"


def test_inputs_are_inverted_and_judged_as_sound(made):
    changed = np.full((1, SAMPLES), 0.8, np.float32)
    attack = made(Energy(), EPS, [], [Reached("b.wav", "soft", "loud", changed)])
    (sound,) = attack.sounds
    assert (sound.limit, sound.number) == ("no limit on the change", "no limit")
    assert sound.attacked.waveform == pytest.approx(0.4, abs=1e-4)
    assert sound.original.waveform == pytest.approx(0.1, abs=1e-4)
    assert attack.is_approximate and attack.quantity == "eps, dB"


def test_waveforms_as_inputs_are_exact(made):
    assert not made(Waveform(sample_rate=8000), EPS, [], []).is_approximate


def test_without_an_inverse_there_is_no_sound_of_an_input(made):
    reached = [Reached("b.wav", "soft", "loud", np.ones((1, SAMPLES), np.float32))]
    attack = made(NoInverse(), EPS, reached, [])
    assert not attack.sounds and "NoInverse, has no inverse" in attack.obstacle
    assert not made(NoInverse(), SNR, [], []).obstacle
