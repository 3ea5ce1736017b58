"""A universal perturbation is learned on the training recordings, and kept."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.waveform import WaveformAttack
from mishear.core.errors import UserError
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.inputs import attack_with
from mishear.evaluation.recordings import Recordings, select, select_waveforms
from mishear.evaluation.universal import (
    learn_on_inputs,
    learn_on_waveforms,
    training_and_test,
)
from mishear.evaluation.waveforms import attack_waveforms
from mishear.features.waveforms import signal_to_noise_ratio
from mishear.runtime.batching import Batches
from tests.unit.evaluation.conftest import CPU

pytestmark = pytest.mark.usefixtures("one_thread")

BATCHES = Batches(seed=0, size=3, device=CPU)
BOUNDS = (-80.0, 0.0)
UNIVERSAL = {"class": "mishear.attacks.universal.LinfUniversalPGD"}
UNIVERSAL |= {"params": {"steps": 12, "rel_stepsize": 0.2}, "restarts": 1, "targets": "untargeted"}
SAMPLES = 64


def linear(features, seed=0):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Flatten(), nn.Linear(features, 3))
    return DefendedVictim(network.eval().requires_grad_(False))


@pytest.fixture
def inputs(division, tmp_path):
    """Inputs on disk, in which all recordings but those for training are not numbers."""
    values = np.random.default_rng(0).uniform(-60, -20, (12, 1, 4, 6)).astype(np.float32)
    values[division.splits != "train"] = np.nan
    np.save(tmp_path / "inputs.npy", values)
    return tmp_path / "inputs.npy"


def learn(model, recordings, path, eps=5.0, definition=UNIVERSAL, batches=BATCHES):
    attack = build_attack(definition)
    return learn_on_inputs(model, attack, recordings, (eps, BOUNDS), batches, path)


def test_it_is_learned_on_the_training_recordings_alone(division, inputs, tmp_path):
    train, test = training_and_test(partial(select, inputs, division), division)
    assert set(train.names) == set(division.recordings[division.splits == "train"])
    assert set(test.names) == set(division.recordings[division.splits == "test"])
    learned = learn(linear(24), train, tmp_path / "p.npz")
    assert learned.perturbation.isfinite().all()
    assert np.isnan(test.inputs()).all()


def test_without_training_recordings_the_user_is_told(division, inputs):
    rest = division.__class__(
        division.recordings,
        division.labels,
        division.speakers,
        np.full(12, "test"),
        division.contents,
    )
    with pytest.raises(UserError, match=r"the training split is empty.*universal: true"):
        training_and_test(partial(select, inputs, rest), rest)


def some(count=8):
    """Recordings with the classes that the victim predicts for them."""
    values = np.random.default_rng(1).uniform(-60, -20, (count, 1, 4, 6)).astype(np.float32)
    targets = linear(24).predict(torch.from_numpy(values), 0).numpy()
    names = np.array([f"{number}.wav" for number in range(count)])
    return Recordings(names, np.arange(count), values.__getitem__, targets, ["a", "b", "c"])


def test_every_recording_is_given_the_perturbation_that_is_kept(tmp_path):
    recordings, model, path = some(), linear(24), tmp_path / "p.npz"
    learned = learn(model, recordings, path)
    rows, changed = attack_with(
        model, learned, recordings, Threat(5.0, BOUNDS), BATCHES, None, True
    )
    kept = np.load(path)["perturbation"]
    assert kept.shape == (1, 4, 6)
    assert np.abs(kept).max() <= 5.0
    added = np.concatenate(changed) - recordings.inputs()
    assert np.allclose(added, kept[None], atol=1e-4)
    assert any(row["success"] for row in rows)
    assert {row["rejected"] for row in rows} == {""}


def test_it_depends_on_the_seed_and_on_nothing_else(tmp_path):
    recordings, model = some(), linear(24)
    torch.manual_seed(1)
    shifted = UNIVERSAL | {"params": {"steps": 3, "shift": True}}
    made = [
        learn(model, recordings, tmp_path / "p", definition=shifted, batches=Batches(seed, 3, CPU))
        for seed in (0, 0, 1)
    ]
    first, again, other = (each.perturbation for each in made)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_all_recordings_have_a_part_in_it(tmp_path):
    recordings = some(7)
    seen = []

    def read(rows):
        seen.append(rows.tolist())
        return recordings.inputs()[rows]

    watched = Recordings(recordings.names, recordings.rows, read, recordings.targets, ["a"] * 3)
    twice = UNIVERSAL | {"params": {"steps": 6}}
    attack = build_attack(twice)
    learn_on_inputs(linear(24), attack, watched, (5.0, BOUNDS), BATCHES, tmp_path / "p.npz")
    assert [len(rows) for rows in seen] == [3, 3, 1] * 2
    assert sorted(sum(seen[:3], [])) == sorted(sum(seen[3:], [])) == list(range(7))
    assert seen[:3] != seen[3:]


@pytest.fixture
def waveforms(division, tmp_path):
    """Speech of half the length, somewhere in silence; only training and test can be read."""
    random = np.random.default_rng(0)
    values = np.zeros((12, SAMPLES), np.float32)
    for row in values:
        start = random.integers(0, SAMPLES // 2)
        row[start : start + SAMPLES // 2] = random.uniform(-0.5, 0.5, SAMPLES // 2)
    np.save(tmp_path / "0.npy", values)
    return partial(select_waveforms, [tmp_path / "0.npy"], division)


@pytest.mark.parametrize(("budget", "eps"), [("snr", 20.0), ("eps", 0.05)])
@pytest.mark.parametrize("norm", ["Linf", "L2"])
def test_on_the_waveform_it_keeps_silence_and_budget(
    waveforms, division, tmp_path, budget, eps, norm
):
    definition = UNIVERSAL | {"budget": budget}
    definition["class"] = UNIVERSAL["class"].replace("Linf", norm)
    train, test = training_and_test(waveforms, division)
    front_end, path = nn.Flatten(), tmp_path / "p.npz"
    attack = learn_on_waveforms(
        linear(SAMPLES), WaveformAttack(definition, eps), train, front_end, BATCHES, path
    )
    rows, changed = attack_waveforms(linear(SAMPLES), attack, test, front_end, BATCHES)
    changed, clean = np.concatenate(changed), test.inputs()
    kept = np.load(path)["perturbation"].ravel()
    assert kept.shape == (SAMPLES,) and np.abs(kept).max() > 0
    assert {row["rejected"] for row in rows} == {""}
    for before, after in zip(clean, changed, strict=True):
        spoken = before != 0
        assert np.array_equal(before[~spoken], after[~spoken])
        added = (after - before)[spoken]
        if budget == "snr":
            assert signal_to_noise_ratio(before, after) >= eps - 1e-3
            scale = added @ kept[spoken] / (kept[spoken] @ kept[spoken])
            assert np.allclose(added, scale * kept[spoken], atol=1e-5)
        else:
            assert np.allclose(added, kept[spoken], atol=1e-6)


def test_a_perturbation_of_a_source_model_is_judged_on_another(waveforms, division, tmp_path):
    train, test = training_and_test(waveforms, division)
    attack = WaveformAttack(UNIVERSAL | {"budget": "snr"}, 0.0)
    job = (attack, train, nn.Flatten(), BATCHES, tmp_path / "p.npz")
    ours, theirs = (learn_on_waveforms(linear(SAMPLES, seed), *job) for seed in (0, 1))
    assert not torch.equal(ours.instead.perturbation, theirs.instead.perturbation)
    rows, _ = attack_waveforms(linear(SAMPLES), theirs, test, nn.Flatten(), BATCHES)
    assert len(rows) == len(test)
