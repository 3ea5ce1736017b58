"""Examples are read as their evaluations kept them, and carried between front ends."""

import numpy as np
import pytest
import torch
from torch import nn

from mishear.core.flac import STEPS, write_sound
from mishear.core.tables.evaluation import RESULTS
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import write_examples
from mishear.evaluation.transferability.examples import (
    ExampleFiles,
    Format,
    carried,
    network_inputs,
)
from tests.unit.conftest import result_row

KEYS = {"source_front_end": "mel", "source_network": "net", "source_recipe": "standard"}
KEYS |= {"source_seed": 0, "eps": 1.0}
CPU = torch.device("cpu")


def tone(rate, seconds=1.0, hertz=440.0):
    times = torch.arange(round(rate * seconds)) / rate
    return torch.sin(2 * torch.pi * hertz * times)[None].float()


def test_within_one_front_end_samples_stay_as_they_are():
    waveforms = torch.rand(3, 500)
    assert torch.equal(carried(waveforms, Format(8000, 500), Format(8000, 500)), waveforms)


@pytest.mark.parametrize(("low", "high"), [(8000, 16000), (16000, 8000), (16000, 48000)])
def test_between_rates_the_sound_is_the_same(low, high):
    found = carried(tone(low), Format(low, low), Format(high, high))
    assert found.shape == (1, high)
    middle = slice(high // 10, -high // 10)
    assert torch.allclose(found[:, middle], tone(high)[:, middle], atol=5e-3)


def test_another_length_cuts_or_pads_the_end():
    waveforms = torch.rand(2, 500)
    cut = carried(waveforms, Format(8000, 500), Format(8000, 300))
    padded = carried(waveforms, Format(8000, 500), Format(8000, 700))
    assert torch.equal(cut, waveforms[:, :300])
    assert torch.equal(padded[:, :500], waveforms) and not padded[:, 500:].any()


@pytest.fixture
def written(division, tmp_path):
    """A function that writes the results of an evaluation of the test recordings."""
    names = division.recordings[division.rows("test")]

    def made(**files):
        table = tmp_path / "results.csv"
        # In another order than the split: rows are found by their names.
        RESULTS.write((result_row(name) for name in names[::-1]), table)
        return {"results/e": str(table)} | files

    return made


def test_kept_inputs_are_read_beside_the_clean_ones(written, division, tmp_path):
    inputs = np.random.default_rng(0).random((12, 1, 3, 4), dtype=np.float32)
    np.save(tmp_path / "all.npy", inputs)
    rows = division.rows("test")
    recordings = Recordings(
        division.recordings[rows],
        rows,
        inputs.__getitem__,
        division.class_indices[rows],
        division.classes,
    )
    kept = [result_row(name) for name in recordings.names]
    write_examples(recordings, [inputs[rows] + 1], kept, tmp_path / "e.npz")
    files = written(**{"examples/e": tmp_path / "e.npz", "spectrograms": tmp_path / "all.npy"})
    (examples,) = ExampleFiles(files, {"e": KEYS}, {}, on_waveform=False).read(division)
    assert examples.keys == KEYS
    assert examples.results.column("recording") == recordings.names.tolist()
    assert np.array_equal(examples.clean(slice(1, 3)), inputs[rows[1:3]])
    assert np.array_equal(examples.adversarial(slice(1, 3)), inputs[rows[1:3]] + 1)
    values = torch.from_numpy(examples.clean(slice(0, 2)))
    convert = network_inputs(nn.Identity(), Format(8000, 10), CPU)
    assert torch.equal(convert(values, examples), values)


def test_sounds_are_read_beside_the_recordings_of_their_front_end(written, division, tmp_path):
    rows = division.rows("test")
    waveforms = np.linspace(-1.2, 1.2, 12 * 50, dtype=np.float32).reshape(12, 50)
    shards = {}
    for number, part in enumerate(np.array_split(waveforms, 12)):
        np.save(tmp_path / f"{number}.npy", part)
        shards[f"waveforms/mel/{number}"] = tmp_path / f"{number}.npy"
        shards[f"waveforms/mel2/{number}"] = "not this one"
    backwards = dict(reversed(shards.items()))
    changed = np.round(np.clip(waveforms[rows] * 0.5, -1, 1) * STEPS) / STEPS
    write_sound(tmp_path / "e.flac", [changed], 8000)
    files = written(**{"sound/e": tmp_path / "e.flac"}, **backwards)
    formats = {"mel": {"sample_rate": 8000, "samples": 50}}
    (examples,) = ExampleFiles(files, {"e": KEYS}, formats, on_waveform=True).read(division)
    assert np.array_equal(examples.clean(slice(0, 4)), waveforms[rows].clip(-1, 1))
    assert np.allclose(examples.adversarial(slice(1, 4)), changed[1:4], atol=1e-6)
    convert = network_inputs(nn.Flatten(), Format(16000, 100), CPU)
    inputs = convert(torch.from_numpy(examples.adversarial(slice(0, 4))), examples)
    assert inputs.shape == (4, 100)
