"""Shards of features, gathered, are the features of the whole corpus."""

import warnings
from dataclasses import asdict

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.core.files import sha256
from mishear.corpora.decoding import decode
from mishear.corpora.index import Recording, write_index
from mishear.features.bounds import read_bounds, read_unit
from mishear.features.cache import (
    gather,
    recordings_of,
    recordings_of_shard,
    write_spectrograms,
    write_waveforms,
)
from mishear.features.front_ends.building import features

FRONT_END = {
    "sample_rate": 8000,
    "seconds": 0.25,
    "leading_zeros": 0.5,
    "max_shift": 0.0,
    "seed": 0,
    "class": "MelSpectrogram",
    "params": {"n_fft": 256, "hop_length": 64, "n_mels": 16},
}
COUNT = 7


@pytest.fixture
def corpus(tmp_path):
    """A folder with seven recordings and their index."""
    import soundfile

    random = np.random.default_rng(0)
    names = [f"{number}.wav" for number in range(COUNT)]
    for name in names:
        soundfile.write(tmp_path / name, random.uniform(-0.5, 0.5, 1500), 8000)
    rows = [
        Recording(name, "a", "x", "0", **asdict(decode(tmp_path / name, None))) for name in names
    ]
    write_index(rows, tmp_path / "index.csv")
    return tmp_path


def waveform_shards(corpus, shards):
    paths = [corpus / f"{shard}-of-{shards}.npy" for shard in range(shards)]
    for shard, path in enumerate(paths):
        write_waveforms(corpus / "index.csv", corpus, FRONT_END, shard, shards, path)
    return paths


def test_every_recording_is_in_one_shard(corpus):
    index = corpus / "index.csv"
    found = [each for shard in range(3) for each in recordings_of_shard(index, shard, 3)]
    names = [f"{number}.wav" for number in range(COUNT)]
    assert found == recordings_of(index)
    assert found == [(name, decode(corpus / name, None).content) for name in names]


def test_more_shards_than_recordings_are_refused(corpus):
    with pytest.raises(UserError, match="7 recordings, which cannot be divided into 8 parts"):
        recordings_of_shard(corpus / "index.csv", 0, 8)


def test_shards_together_are_the_whole(corpus):
    (whole,) = waveform_shards(corpus, 1)
    shards = waveform_shards(corpus, 3)
    assert np.array_equal(np.concatenate([np.load(shard) for shard in shards]), np.load(whole))


def test_spectrograms_of_a_shard_are_those_of_its_waveforms_without_a_warning(corpus):
    (whole,) = waveform_shards(corpus, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        write_spectrograms(whole, FRONT_END, corpus / "spectrograms.npy")
    (expected,) = features([np.load(whole)], FRONT_END)
    assert np.array_equal(np.load(corpus / "spectrograms.npy"), expected)


def test_gathered_spectrograms_have_their_bounds_beside_them(corpus):
    paths = []
    for number, shard in enumerate(waveform_shards(corpus, 2)):
        paths.append(corpus / f"spectrograms-{number}.npy")
        write_spectrograms(shard, FRONT_END, paths[-1])
    whole, bounds = corpus / "whole.npy", corpus / "bounds.json"
    gather(paths, corpus / "index.csv", FRONT_END, whole, bounds)
    values = np.load(whole)
    assert np.array_equal(values, np.concatenate([np.load(path) for path in paths]))
    assert read_bounds(bounds) == (values.min(), values.max())
    assert sha256(whole) in bounds.read_text()
    assert read_unit(bounds) == "dB"


@pytest.mark.parametrize("loudest", [0.5, 1.5])
def test_bounds_hold_the_range_of_the_front_end_and_what_exceeds_it(tmp_path, loudest):
    """Poisoned recordings are not clipped."""
    waveform = FRONT_END | {"class": "Waveform", "params": {}}
    np.save(tmp_path / "shard.npy", np.float32([[[0, loudest]]]))
    index, whole = tmp_path / "index.csv", tmp_path / "whole.npy"
    gather([tmp_path / "shard.npy"], index, waveform, whole, tmp_path / "bounds.json")
    assert read_bounds(tmp_path / "bounds.json") == (-1, max(1, loudest))
    assert read_unit(tmp_path / "bounds.json") == "full scale"


@pytest.mark.parametrize(
    ("poison", "said"),
    [
        (None, "recording 4.wav. Correct the front end's params, or take the recording out"),
        ("recipes.x.poison with amplitude 7", "recording 4.wav under recipes.x.poison with am"),
    ],
)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_features_that_are_not_finite_are_an_error_that_names_the_recording(
    corpus, tmp_path, value, poison, said
):
    shards = [tmp_path / "0.npy", tmp_path / "1.npy"]
    features = np.zeros((2, 3, 1, 4, 5), dtype=np.float32)
    features[1, 1, 0, 2, 2] = value
    for shard, part in zip(shards, features, strict=True):
        np.save(shard, part)
    index, whole = corpus / "index.csv", tmp_path / "all.npy"
    with pytest.raises(UserError, match=said):
        gather(shards, index, FRONT_END, whole, tmp_path / "bounds.json", poison)
    assert not whole.exists()
