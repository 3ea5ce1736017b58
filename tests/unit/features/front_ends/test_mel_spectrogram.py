"""The paper's front end, to the last bit, and those with other parameters."""

import hashlib

import numpy as np
import pytest
import torch
import torchaudio
import yaml

from mishear.config.front_ends import FrontEnd
from mishear.features.front_ends import MelSpectrogram
from mishear.features.front_ends.building import features
from tests.projects import REPOSITORY


@pytest.fixture
def shipped():
    """The definition of the shipped front end."""
    config = yaml.safe_load((REPOSITORY / "config" / "config.yaml").read_text())
    return FrontEnd(**config["front_ends"]["mel64"]).model_dump(by_alias=True)


def noise(count, samples=48000):
    return np.random.default_rng(0).normal(0, 0.1, (count, samples)).astype(np.float32)


def test_the_shipped_front_end_gives_the_bytes_of_the_papers_transforms(shipped):
    transform = torch.nn.Sequential(
        torchaudio.transforms.MelSpectrogram(sample_rate=48000, n_fft=2034, n_mels=64),
        torchaudio.transforms.AmplitudeToDB(stype="power", top_db=80),
    )
    padded = noise(3)
    padded[1, 20000:] = 0
    with torch.inference_mode():
        expected = transform(torch.from_numpy(padded).unsqueeze(1)).numpy()
    (found,) = features([padded], shipped)
    assert found.shape == (3, 1, 64, 48)
    assert found.dtype == np.float32
    digests = [hashlib.sha256(each.tobytes()).hexdigest() for each in (found, expected)]
    assert digests[0] == digests[1]


def test_top_db_is_applied_to_each_recording_by_itself(shipped):
    loud_and_quiet = noise(2) * np.array([[1.0], [1e-2]], dtype=np.float32)
    loud_and_quiet[:, 24000:] = 0
    (result,) = features([loud_and_quiet], shipped)
    for recording in result:
        assert recording.max() - recording.min() == pytest.approx(80, abs=1e-3)


def test_values_are_decibels_of_power(shipped):
    quiet, loud = (list(features([noise(1) * gain], shipped))[0] for gain in (0.1, 1.0))
    assert np.allclose(loud - quiet, 20, atol=1e-3)


def test_every_parameter_is_torchaudios():
    same = {
        "sample_rate": 16000,
        "n_fft": 512,
        "win_length": 400,
        "hop_length": 160,
        "f_min": 50.0,
        "f_max": 7000.0,
        "n_mels": 40,
        "power": 1.0,
        "norm": "slaney",
        "mel_scale": "slaney",
    }
    expected = torchaudio.transforms.MelSpectrogram(**same, window_fn=torch.hamming_window)
    found = MelSpectrogram(**same, window="hamming", scale="log", offset=0.01)
    waveforms = torch.from_numpy(noise(2, 8000)).unsqueeze(1)
    assert torch.equal(found(waveforms), (expected(waveforms) + 0.01).log())


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"n_mels": 0}, "n_mels must be from 1"),
        ({"f_max": 5000}, "at most half the sample rate, 4000 Hz, not from 0 to 5000"),
        ({"f_min": 3000, "f_max": 3000}, "f_min and f_max must rise"),
        ({"f_min": -1}, "f_min and f_max must rise"),
    ],
)
def test_what_does_not_fit_is_refused(params, said):
    with pytest.raises(ValueError, match=said):
        MelSpectrogram(sample_rate=8000, n_fft=256, **params)
