"""Other libraries' defences work on decibels, and Mishear's own do what they do."""

import json

import numpy as np
import pytest
import torch

from mishear import defences

from .conftest import run_apart
from .run_defences import DEFENCES

BOUNDS = (-80.0, 40.0)
COUNT, MELS, FRAMES = 6, 20, 16
RESCALING = 1e-4
"""Largest difference (dB) that the way to [0, 1] and back makes in float32."""


def own(name: str, inputs: np.ndarray, **params) -> np.ndarray:
    """What a defence of Mishear makes of spectrograms."""
    return getattr(defences, name)(BOUNDS, **params).transform(torch.from_numpy(inputs)).numpy()


def inner(spectrograms: np.ndarray) -> np.ndarray:
    """All but the outermost points, beyond which each library imagines others."""
    return spectrograms[..., 1:-1, 1:-1]


@pytest.fixture(scope="module")
def inputs():
    """Smooth shapes with noise on them, from one bound to the other."""
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[:MELS, :FRAMES]
    waves = np.sin(rows / 3) * np.cos(columns / 4) * 40 - 20
    noisy = waves + random.normal(0, 8, (COUNT, 1, MELS, FRAMES))
    found = np.clip(noisy, *BOUNDS).astype(np.float32)
    found[:, 0, 0, :2] = BOUNDS
    return found


@pytest.fixture(scope="module")
def answers(inputs, libraries_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("defences")
    np.savez(folder / "in.npz", inputs=inputs, bounds=BOUNDS)
    run_apart("run_defences.py", "in.npz", "out.npz", folder=folder)
    with np.load(folder / "out.npz") as file:
        return dict(file)


@pytest.mark.parametrize("name", DEFENCES)
def test_spectrograms_come_back_in_decibels(name, answers, inputs):
    after = answers[f"{name} after"]
    assert after.shape == inputs.shape
    assert after.dtype == np.float32
    assert not np.array_equal(after, inputs)
    slack = 12 if name == "art-gaussian" else RESCALING
    assert after.min() >= BOUNDS[0] - slack
    assert after.max() <= BOUNDS[1] + slack


@pytest.mark.parametrize("name", DEFENCES)
def test_what_is_drawn_follows_the_seed_of_torch(name, answers):
    assert np.array_equal(answers[f"{name} after"], answers[f"{name} again"])


@pytest.mark.parametrize("name", DEFENCES)
def test_a_gradient_is_had_as_stated(name, answers):
    gradient, stated = answers[f"{name} gradient"], answers[f"{name} stated"]
    assert np.isfinite(gradient).all()
    if stated == "exact":
        assert not np.array_equal(gradient, np.ones_like(gradient))
        # Weights add up to 1, but for those that lie on the border.
        assert inner(gradient).mean() == pytest.approx(1, abs=0.2)
    else:
        assert np.array_equal(gradient, np.ones_like(gradient))


def test_the_libraries_leave_the_process_as_it_was(answers):
    """ART closes the handlers of logging and writes to the home folder; advertorch needs a name."""
    assert "still written to" in str(answers["log"])
    assert ".art" not in json.loads(str(answers["home"]))
    assert not answers["torch"]


def test_median_filters_agree(answers, inputs):
    ours = own("MedianSmoothing", inputs, size=3)
    assert np.abs(ours - answers["advertorch-median after"]).max() < RESCALING
    for name in ("art-median", "art-median-torch"):
        assert np.array_equal(inner(ours), inner(answers[f"{name} after"]))


def test_average_filters_agree(answers, inputs):
    ours = own("AverageSmoothing", inputs, size=3)
    assert np.abs(inner(ours) - inner(answers["advertorch-average after"])).max() < RESCALING


@pytest.mark.parametrize("name", ["art-squeezing", "advertorch-squeezing"])
def test_squeezing_agrees(name, answers, inputs):
    ours = own("FeatureSqueezing", inputs, bits=4)
    level = (BOUNDS[1] - BOUNDS[0]) / 15
    difference = np.abs(ours - answers[f"{name} after"])
    # A value in the middle between two levels may be rounded to either.
    assert (difference < RESCALING).mean() > 0.999
    assert difference.max() < level + RESCALING


@pytest.mark.parametrize("name", ["art-jpeg", "advertorch-jpeg"])
def test_jpeg_agrees_but_for_the_rounding_to_grey_levels(name, answers, inputs):
    """Mishear rounds to the nearest of the 256, both libraries to the next lower one."""
    grey = (BOUNDS[1] - BOUNDS[0]) / 255
    ours, theirs = own("JpegCompression", inputs, quality=50), answers[f"{name} after"]
    assert (ours - theirs).mean() == pytest.approx(grey / 2, abs=grey / 4)
    assert np.abs(ours - theirs).mean() < 2 * grey
    assert np.abs(theirs - inputs).mean() > 2 * grey
