"""What a victim is trained on is read from the files of a job."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from mishear.training.loading import load_training_data


@pytest.fixture
def inputs(tmp_path):
    """Ten recordings of two classes, clean and louder, of which a detector flagged some."""
    random = np.random.default_rng(0)
    clean = random.normal(0, 1, (10, 1, 4, 4)).astype(np.float32)
    files = {name: str(tmp_path / name) for name in ("clean.npy", "poisoned.npy", "split.csv")}
    np.save(files["clean.npy"], clean)
    np.save(files["poisoned.npy"], clean + 100)
    splits = ["train"] * 6 + ["validation"] * 2 + ["test"] * 2
    rows = [f"{n}.wav,{'ab'[n % 2]},x,{n},{split}" for n, split in enumerate(splits)]
    (tmp_path / "split.csv").write_text(
        "\n".join(["recording,label,speaker,content,split", *rows, ""])
    )
    for name, high in (("bounds", 5.0), ("poisoned_bounds", 105.0)):
        (tmp_path / name).write_text(json.dumps({"lowest": -5.0, "highest": high}))
    flagged = [f"{n}.wav,{'ab'[n % 2]},0,0.5,{int(n < 2)}" for n in range(6)]
    header = "recording,label,is_poisoned,score,flagged"
    (tmp_path / "detection.csv").write_text("\n".join([header, *flagged, ""]))
    return {
        "spectrograms": files["clean.npy"],
        "split": files["split.csv"],
        "bounds": str(tmp_path / "bounds"),
        "poisoned": files["poisoned.npy"],
        "poisoned_bounds": str(tmp_path / "poisoned_bounds"),
        "detection": str(tmp_path / "detection.csv"),
    }


def loaded(inputs, **params):
    return load_training_data(SimpleNamespace(**inputs), SimpleNamespace(**params), seed=0)


def test_without_a_poison_the_training_split_is_trained_on(inputs):
    kept = {name: inputs[name] for name in ("spectrograms", "split", "bounds")}
    data = loaded(kept)
    assert data.inputs.chosen.rows.tolist() == list(range(6))
    assert data.inputs.poisoned is None
    assert data.bounds == (-5.0, 5.0)
    assert np.array_equal(data.inputs[np.arange(6)], np.load(inputs["spectrograms"])[:6])


def test_poisoned_spectrograms_widen_the_bounds(inputs):
    data = loaded({name: path for name, path in inputs.items() if name != "detection"})
    assert data.bounds == (-5.0, 105.0)
    assert data.inputs.poisoned is not None


def test_flagged_recordings_are_left_out(inputs):
    assert loaded(inputs).inputs.chosen.rows.tolist() == [2, 3, 4, 5]
