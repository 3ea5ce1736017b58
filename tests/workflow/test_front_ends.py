"""Victims on waveforms and on cepstral coefficients, by config and one class, up to the report."""

import numpy as np
import pytest

from mishear.features.bounds import read_bounds, read_unit
from tests.projects import TINY, new_project

NETWORK = '''
from torch import nn


class Envelope(nn.Module):
    """Classify samples of any input, pooled to one length."""

    def __init__(self, classes: int, points: int = 256):
        super().__init__()
        self.pooling = nn.AdaptiveAvgPool1d(points)
        self.normalisation = nn.LayerNorm(points)
        self.convolution = nn.Conv1d(1, 4, 8, stride=8)
        self.classifier = nn.Linear(4 * (points // 8), classes)

    def forward(self, inputs):
        envelope = self.normalisation(self.pooling(inputs.abs().flatten(1).unsqueeze(1)))
        return self.classifier(nn.functional.gelu(self.convolution(envelope)).flatten(1))
'''
STUDY = TINY | {
    "study": TINY["study"]
    | {"front_ends": ["raw", "mfcc"], "networks": ["own"], "recipes": ["standard"]}
    | {"attacks": ["fgsm", "wave"], "defences": ["none", "median"], "evaluation": ["adaptive"]},
    "front_ends": {
        "raw": {"class": "Waveform", "sample_rate": 8000},
        "mfcc": {
            "class": "MFCC",
            "sample_rate": 24000,
            "params": {"n_fft": 512, "n_mels": 20, "n_mfcc": 13},
        },
    },
    "networks": {"own": {"class": "my_networks.Envelope", "params": {"points": 128}}},
    "recipes": {"standard": {"epochs": 1}},
    "defences": {"median": {"class": "MedianSmoothing"}, "jpeg": {"class": "JpegCompression"}},
    "attacks": {
        "fgsm": {"class": "LinfFastGradientAttack", "eps": [0.1]},
        "wave": {
            "class": "LinfPGD",
            "params": {"steps": 2, "rel_stepsize": 0.5},
            "domain": "waveform",
            "budget": "snr",
            "eps": [20],
        },
    },
}
FIGURES = "results/reports/tiny/figures/tiny"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A study with two front ends and a network of the user's own, run to the report."""
    project = new_project(tmp_path_factory.mktemp("front-ends") / "study", STUDY)
    (project.folder / "my_networks.py").write_text(NETWORK)
    project.run()
    return project


def test_inputs_are_the_waveforms_within_full_scale(project):
    pattern = "results/waveforms/tiny/raw/shard{}-of-2.npy"
    shards = [project.file(pattern.format(number)) for number in range(2)]
    waveforms = np.concatenate([np.load(shard) for shard in shards])
    features = "results/spectrograms/tiny/raw/clean"
    inputs = np.load(project.file(f"{features}/spectrograms.npy"))
    assert np.array_equal(inputs[:, 0], waveforms)
    bounds = project.file(f"{features}/bounds.json")
    assert read_bounds(bounds) == (-1, 1)
    assert read_unit(bounds) == "full scale"


def test_the_report_says_sizes_in_the_unit_of_each_front_end(project):
    page = project.text("results/reports/tiny/report.html")
    assert "changed by at most 0.1 of full scale" in page
    assert "changed by at most 0.1 cepstral dB" in page
    assert "at most 0.1 dB" not in page
    assert "L∞ 0.1 of full scale" in project.text(f"{FIGURES}/raw/own/standard/gallery-fgsm.svg")
    assert "eps, cepstral dB" in project.text(f"{FIGURES}/mfcc/own/accuracy.svg")


def test_a_higher_rate_than_the_recordings_is_said_once(project):
    """Those of espeak have 22050 Hz."""
    notice = "are resampled from 22050 Hz to 24000 Hz"
    logs = [f"logs/waveforms/tiny/mfcc/shard{shard}-of-2.log" for shard in (0, 1)]
    assert [project.text(log).count(notice) for log in logs] == [1, 0]
    assert project.text("results/reports/tiny/report.html").count(notice) == 1


def test_what_does_not_fit_a_front_end_is_refused_by_name_before_the_first_job(project, tmp_path):
    other = project.copy(tmp_path / "study")
    other.config = STUDY | {"study": STUDY["study"] | {"defences": ["none", "jpeg"]}}
    said = other.failure("--dry-run")
    assert "defences.jpeg: JpegCompression fails: JPEG compresses images" in said
    assert "Front end 'raw' gives inputs of shape (2, 1, 8000)" in said
