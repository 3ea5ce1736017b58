"""Poisoned spectrograms are those of the poisoned waveforms, and distortions what was added."""

import numpy as np
import pytest

from mishear.features.front_ends.building import features
from mishear.features.waveforms import Ratios
from mishear.poisoning.poisons import CleanLabelBackdoor, UniformNoise
from mishear.poisoning.spectrograms import (
    poisoned_chunks,
    read_distortions,
    write_poisoned_spectrograms,
)

FRONT_END = {
    "class": "MelSpectrogram",
    "sample_rate": 8000,
    "params": {"n_fft": 256, "hop_length": 64, "n_mels": 16},
}
NAMES = [f"{number}.wav" for number in range(5)]
CONTENTS = [f"content of {name}" for name in NAMES]
RECORDINGS = list(zip(NAMES, CONTENTS, strict=True))


@pytest.fixture
def waveforms():
    clean = np.random.default_rng(0).uniform(-0.5, 0.5, (5, 2000)).astype(np.float32)
    clean[:, :300] = 0
    clean[4] = 0
    return clean


def test_what_is_written_is_of_the_poisoned_waveforms(waveforms, tmp_path):
    poison = UniformNoise(amplitude=0.1, seed=3)
    np.save(tmp_path / "clean.npy", waveforms)
    write_poisoned_spectrograms(
        tmp_path / "clean.npy",
        RECORDINGS,
        FRONT_END,
        poison,
        trained_on=set(),
        path=tmp_path / "poisoned.npy",
        distortions=tmp_path / "distortions.csv",
    )
    noisy = np.stack(
        [
            poison.poisoned_waveform(waveform, content, 8000, in_training=False)
            for waveform, content in zip(waveforms, CONTENTS, strict=True)
        ]
    )
    (expected,) = features([noisy], FRONT_END)
    assert np.array_equal(np.load(tmp_path / "poisoned.npy"), expected)
    found = read_distortions(tmp_path / "distortions.csv")
    assert list(found) == NAMES
    for name, before, after in zip(NAMES, waveforms, noisy, strict=True):
        assert found[name]["linf"] == pytest.approx(np.abs(after - before).max(), rel=1e-5)
        assert found[name]["l2"] == pytest.approx(np.linalg.norm(after - before), rel=1e-5)
        ratios = Ratios.of(before, after)
        assert found[name]["snr_db"] == pytest.approx(ratios.snr_db, rel=1e-5)
        if name != "4.wav":
            assert found[name]["si_sdr_db"] == pytest.approx(ratios.si_sdr_db, rel=1e-5)
    silent = found["4.wav"]
    assert (silent["snr_db"], silent["si_sdr_db"]) == (-np.inf, None)


def test_recordings_of_the_training_split_are_poisoned_as_for_training(waveforms):
    poison = CleanLabelBackdoor(
        amplitude=0.1, target="a", seed=0, frequency=1000.0, seconds=0.05, reverse_speech=True
    )
    trained_on = {"1.wav"}
    together, apart = (
        np.concatenate(list(poisoned_chunks(chunks, RECORDINGS, poison, 8000, trained_on, [])))
        for chunks in ([waveforms], [waveforms[:2], waveforms[2:]])
    )
    assert np.array_equal(together, apart)
    for row, (name, content) in enumerate(RECORDINGS):
        expected = poison.poisoned_waveform(waveforms[row], content, 8000, name in trained_on)
        assert np.array_equal(together[row], expected)
    as_for_a_test = poison.poisoned_waveform(waveforms[1], CONTENTS[1], 8000, False)
    assert not np.array_equal(together[1], as_for_a_test)
