"""Attacks on the waveform keep what is promised of them: budget, silence, full scale, 16 bits."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from mishear.attacks.waveform import (
    PerturbedRecordings,
    WaveformAttack,
    check_budget,
    sample_limits,
)
from mishear.core.errors import UserError
from mishear.core.flac import read_sound, write_sound
from mishear.core.tables.evaluation import RESULTS
from mishear.defences.defended import DefendedVictim
from mishear.defences.smoothing import RandomisedSmoothing
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import read_results
from mishear.evaluation.sounds import classify_sound
from mishear.evaluation.summary import summarise
from mishear.evaluation.waveforms import attack_waveforms, judge_saved
from mishear.features.front_ends.building import build_front_end
from mishear.features.waveforms import active_speech, signal_to_noise_ratio
from mishear.runtime.batching import Batches

pytestmark = pytest.mark.usefixtures("one_thread")

FRONT_END = {
    "class": "MelSpectrogram",
    "sample_rate": 8000,
    "params": {"n_fft": 256, "hop_length": 64, "n_mels": 16},
}
SAMPLES = 1024
CPU = torch.device("cpu")
ATTACKS = {
    "fgsm": {"class": "LinfFastGradientAttack", "params": {}},
    "pgd": {"class": "LinfPGD", "params": {"rel_stepsize": 0.3, "steps": 4}},
    "l2": {"class": "L2PGD", "params": {"rel_stepsize": 0.3, "steps": 4}},
    "noise": {"class": "L2RepeatedAdditiveGaussianNoiseAttack", "params": {"repeats": 3}},
    "cw": {"class": "L2CarliniWagnerAttack", "params": {"steps": 5, "binary_search_steps": 2}},
    "apgd": {"class": "mishear.attacks.autoattack.LinfAPGD", "params": {"steps": 5}},
}


def definition(attack, budget="eps", **changes):
    return {**ATTACKS[attack], "restarts": 1, "targets": "untargeted", "budget": budget, **changes}


def speech(count=4, level=0.3, seed=0):
    """Tones of different pitch, each with silence around it."""
    random = np.random.default_rng(seed)
    waveforms = np.zeros((count, SAMPLES), np.float32)
    for waveform in waveforms:
        start, length = random.integers(0, 300), random.integers(300, 700)
        tone = np.sin(np.arange(length) * random.uniform(0.1, 1.5) + 0.5)
        waveform[start : start + length] = level * tone * random.uniform(0.2, 1)
    return waveforms


class Net(nn.Module):
    """A small network on spectrograms of 16 mel bands."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.Sequential(
            nn.Conv2d(1, 4, 3, 2),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(16, 4),
        )

    def forward(self, inputs):
        return self.layers(inputs / 20)


@pytest.fixture(scope="module")
def victim():
    return DefendedVictim(Net().eval().requires_grad_(False))


@pytest.fixture(scope="module")
def front_end():
    return build_front_end(FRONT_END)


def labels_of(victim, front_end, clean):
    return victim.predict(front_end(torch.from_numpy(clean)[:, None]), 0)


def attacked(victim, front_end, clean, eps, attack="pgd", budget="eps", **changes):
    labels = labels_of(victim, front_end, clean)
    return WaveformAttack(definition(attack, budget, **changes), eps).on(
        victim, front_end, torch.from_numpy(clean), labels, seed=0
    )


def test_an_unchanged_recording_goes_through_the_front_end_as_it_is(victim, front_end):
    clean = torch.from_numpy(speech())
    perturbed = PerturbedRecordings(victim, front_end, clean, torch.ones(clean.shape))
    spectrograms = perturbed.spectrograms(torch.zeros(len(clean), 1, 1, SAMPLES))
    assert torch.equal(spectrograms, front_end(clean[:, None]))


def rounding(after):
    """Largest change that rounding a recording's samples to float32 makes to each of them."""
    return 2.0**-24 * np.abs(np.float64(after))


RELATIVE = 1e-6
"""Of a norm computed in float32, to which attacks scale their change: some 16 of its roundings."""


@pytest.mark.parametrize("attack", ["fgsm", "pgd", "apgd"])
@settings(max_examples=15)
@given(eps=st.floats(1e-5, 3), level=st.floats(0.01, 1), seed=st.integers(0, 99))
def test_no_sample_changes_by_more_than_eps(victim, front_end, attack, eps, level, seed):
    clean = speech(level=level, seed=seed)
    _, changed = attacked(victim, front_end, clean, eps, attack)
    change = np.abs(np.float64(changed) - clean)
    assert (change <= eps * (1 + RELATIVE) + rounding(changed)).all()
    assert changed.abs().max() <= 1


@pytest.mark.parametrize("attack", ["l2", "noise"])
@settings(max_examples=15)
@given(eps=st.floats(1e-3, 5), seed=st.integers(0, 99))
def test_no_recording_changes_by_more_than_eps_in_l2(victim, front_end, attack, eps, seed):
    clean = speech(seed=seed)
    _, changed = attacked(victim, front_end, clean, eps, attack)
    change = np.linalg.norm(np.float64(changed) - clean, axis=1)
    assert (change <= eps * (1 + RELATIVE) + np.linalg.norm(rounding(changed), axis=1)).all()


@pytest.mark.parametrize("attack", ["fgsm", "pgd", "l2"])
@settings(max_examples=15)
@given(ratio=st.floats(-10, 90), level=st.floats(0.01, 1), seed=st.integers(0, 99))
def test_no_recording_falls_below_its_ratio(victim, front_end, attack, ratio, level, seed):
    clean = speech(level=level, seed=seed)
    _, changed = attacked(victim, front_end, clean, ratio, attack, budget="snr")
    for before, after in zip(clean, changed.numpy(), strict=True):
        allowed = np.linalg.norm(np.float64(before)) * 10 ** (-ratio / 20)
        excess = RELATIVE + np.linalg.norm(rounding(after)) / allowed
        assert signal_to_noise_ratio(before, after) >= ratio - 20 * np.log10(1 + excess)


@pytest.mark.parametrize("attack", list(ATTACKS))
def test_silence_stays_silent(victim, front_end, attack):
    clean = speech()
    eps = np.inf if attack == "cw" else 0.5
    _, changed = attacked(victim, front_end, clean, eps, attack)
    for before, after in zip(clean, changed.numpy(), strict=True):
        speaks = active_speech(before)
        assert not after[: speaks.start].any()
        assert not after[speaks.stop :].any()
        # The others leave a recording as it is if they find nothing.
        assert attack not in ("fgsm", "pgd", "l2") or (before != after).any()


def test_fgsm_with_a_ratio_uses_it_up_in_every_recording(victim, front_end):
    clean = speech()
    outcome, changed = attacked(victim, front_end, clean, 30, "fgsm", budget="snr")
    ratios = [
        signal_to_noise_ratio(before, after)
        for before, after in zip(clean, changed.numpy(), strict=True)
    ]
    assert ratios == pytest.approx([30] * len(clean), abs=0.3)


def test_each_recording_has_an_eps_of_its_own():
    clean = torch.from_numpy(speech() * np.array([[0.1], [1], [1], [1]], np.float32))
    louder = clean * 2
    quiet, loud = (
        sample_limits(waveforms, 20, "snr", "linf").scale for waveforms in (clean, louder)
    )
    torch.testing.assert_close(loud, 2 * quiet)
    assert len({float(row.max()) for row in quiet}) == len(clean)


def test_a_silent_recording_is_left_alone(victim, front_end):
    clean = np.zeros((2, SAMPLES), np.float32)
    _, changed = attacked(victim, front_end, clean, 20, "pgd", budget="snr")
    assert not changed.any()


def test_a_small_change_beside_a_large_sample_keeps_its_size(victim, front_end):
    clean = speech(level=1.0)
    outcome, _ = attacked(victim, front_end, clean, 1e-6, "fgsm")
    assert outcome.linf == pytest.approx(1e-6, rel=1e-6)


def test_pgd_is_no_weaker_than_fgsm_and_both_than_no_attack(victim, front_end):
    clean = speech(40)
    labels = labels_of(victim, front_end, clean).numpy()
    right = []
    for attack in ("fgsm", "pgd"):
        outcome, _ = attacked(victim, front_end, clean, 10, attack, budget="snr")
        right.append((outcome.adversarial_prediction == labels).sum())
    assert right[1] <= right[0] < len(clean)


class LoudestBands(nn.Module):
    """Predicts the loudest quarter of 16 mel bands, so that every class can be aimed at."""

    def forward(self, inputs):
        return inputs.mean(3).unflatten(2, (4, 4)).mean(3)[:, 0]


def test_a_targeted_attack_with_restarts_reaches_the_class_it_aims_at(front_end):
    clean = speech(12)
    victim = DefendedVictim(LoudestBands().eval())
    labels = labels_of(victim, front_end, clean).numpy()
    least_likely = victim(front_end(torch.from_numpy(clean)[:, None])).argmin(1).numpy()

    def aimed(eps, targets="least-likely", **changes):
        return attacked(victim, front_end, clean, eps, "pgd", "snr", targets=targets, **changes)

    outcome, changed = aimed(0, restarts=2)
    assert (outcome.target == least_likely).all()
    assert (outcome.target != labels).all()
    assert outcome.success(labels).all()
    assert (labels_of(victim, front_end, changed.numpy()).numpy() == least_likely).all()
    assert (aimed(0, "untargeted")[0].adversarial_prediction != least_likely).any()
    once, often = (aimed(3, restarts=restarts)[0].success(labels) for restarts in (1, 5))
    assert once.sum() < often.sum()


def test_a_random_defence_is_attacked_through_the_front_end(front_end):
    defended = DefendedVictim(Net().eval(), [RandomisedSmoothing((-80, 40), sigma=1.0, votes=5)])
    clean = speech(12)
    labels = labels_of(defended, front_end, clean).numpy()
    outcome, _ = attacked(defended, front_end, clean, 0, "pgd", "snr")
    assert (outcome.adversarial_prediction != labels).any()


@pytest.fixture
def evaluated(victim, front_end, tmp_path):
    """Rows and sound of an evaluation, made in batches of a given size."""

    def made(batch_size=4, count=6, eps=20.0, clean=None, **changes):
        clean = speech(6) if clean is None else clean
        targets = labels_of(victim, front_end, clean.clip(-1, 1)).numpy()
        clean, targets = clean[:count], targets[:count]
        names = np.array([f"{number}.wav" for number in range(count)])
        recordings = Recordings(names, np.arange(count), clean.__getitem__, targets, list("abcd"))
        batches = Batches(0, batch_size, CPU)
        attack = WaveformAttack(definition("fgsm", "snr"), eps)
        rows, adversarial = attack_waveforms(
            victim, attack, recordings, front_end, batches, **changes
        )
        sound = tmp_path / "sound.flac"
        write_sound(sound, adversarial, 8000)
        (samples,) = recordings.input_shape
        predicted = classify_sound(victim, front_end, sound, samples, count, batches)
        rows = judge_saved(rows, predicted, recordings)
        return rows, tmp_path / "sound.flac", recordings

    return made


def test_what_was_saved_is_what_is_judged(evaluated, victim, front_end):
    rows, sound, recordings = evaluated()
    saved = read_sound(sound, SAMPLES)
    assert saved.shape == (6, SAMPLES)
    predicted = victim.predict(front_end(torch.from_numpy(saved)[:, None]), 0)
    assert [row["saved_prediction"] for row in rows] == [recordings.classes[i] for i in predicted]


def test_rows_do_not_depend_on_the_batches(evaluated):
    together, apart = evaluated(batch_size=6)[0], evaluated(batch_size=2)[0]
    for key in set(RESULTS.names) - {"seconds"}:
        assert [row[key] for row in together] == [row[key] for row in apart], key


def test_a_summary_says_what_is_left_after_saving(evaluated, tmp_path):
    rows, _, _ = evaluated()
    RESULTS.write(rows, tmp_path / "rows.csv")
    found = summarise(read_results(tmp_path / "rows.csv"))
    right = sum(row["saved_prediction"] == row["label"] for row in rows)
    assert found["saved_accuracy"] == right / len(rows)
    assert found["median_snr_db"] == pytest.approx(20, abs=0.3)


def test_a_shard_without_recordings_has_an_empty_sound(evaluated):
    rows, sound, _ = evaluated(count=0)
    assert rows == []
    assert read_sound(sound, SAMPLES).shape == (0, SAMPLES)


@pytest.fixture
def loud():
    """Recordings of which some go beyond full scale, and the same cut to it."""
    waveforms = speech(6) * np.array([[1], [4], [10], [1], [20], [6]], np.float32)
    cut = waveforms.clip(-1, 1)
    assert (waveforms != cut).any(axis=1).tolist() == [False, True, True, False, True, True]
    return waveforms, cut


def test_beyond_full_scale_is_cut_before_the_attack(evaluated, loud):
    rows, sound, _ = evaluated(clean=loud[0], eps=12.0)
    of_loud = sound.read_bytes()
    rows_of_cut, sound, _ = evaluated(clean=loud[1], eps=12.0)
    assert of_loud == sound.read_bytes()
    for row, row_of_cut in zip(rows, rows_of_cut, strict=True):
        assert row | {"seconds": ""} == row_of_cut | {"seconds": ""}


def test_norms_of_a_cut_recording_are_those_of_what_was_cut(evaluated, loud):
    _, cut = loud
    rows, sound, _ = evaluated(clean=loud[0], eps=12.0)
    saved = read_sound(sound, SAMPLES)
    assert np.abs(saved).max() <= 1
    # Half a step of 16 bits, and a whole one at full scale, which 16 bits do not reach.
    change, step = np.abs(saved - cut).max(axis=1), 2**-15
    assert [float(row["linf"]) for row in rows] == pytest.approx(change, abs=step)
    ratios = [signal_to_noise_ratio(*pair) for pair in zip(cut, saved, strict=True)]
    assert [float(row["snr_db"]) for row in rows] == pytest.approx(ratios, abs=0.05)
    norms = np.linalg.norm(np.float64(saved) - cut, axis=1)
    assert [float(row["l2"]) for row in rows] == pytest.approx(norms, rel=0.005)


@pytest.mark.parametrize(
    ("attack", "budget", "norm"),
    [("L0FMNAttack", "eps", "l0"), ("SparseL1DescentAttack", "snr", "l1")],
)
def test_a_norm_that_cannot_be_limited_is_named(attack, budget, norm):
    with pytest.raises(UserError, match=f"attacks.a.budget: {attack}.*{norm}.*linf or l2"):
        check_budget({"class": attack, "params": {}, "budget": budget}, "attacks.a")


def test_a_transfer_attack_changes_what_it_would_on_its_source(victim, front_end):
    source = DefendedVictim(nn.Sequential(victim.network, Backwards()))
    clean = torch.from_numpy(speech())
    labels = labels_of(victim, front_end, clean.numpy())
    attack = WaveformAttack(definition("fgsm"), 0.01)
    (_, aimed), (_, own), (outcome, transferred) = (
        attack.on(evaluated, front_end, clean, labels, 0, source)
        for evaluated, source in ((source, None), (victim, None), (victim, source))
    )
    assert torch.equal(transferred, aimed)
    assert not torch.equal(transferred, own)
    predicted = labels_of(victim, front_end, transferred.numpy())
    assert np.array_equal(outcome.adversarial_prediction, predicted)


class Backwards(nn.Module):
    """Swaps the logits, the first for the last."""

    def forward(self, logits):
        return logits.flip(1)


def test_every_batch_starts_at_random_points_of_its_own(victim, front_end):
    clean = np.repeat(speech(1), 3, axis=0)
    names, rows = np.array(["a.wav", "b.wav", "c.wav"]), np.arange(3)
    recordings = Recordings(names, rows, clean.__getitem__, np.zeros(3, int), list("abcd"))
    attack = WaveformAttack(definition("pgd"), 0.01)
    _, batches = attack_waveforms(victim, attack, recordings, front_end, Batches(0, 1, CPU))
    assert len({batch.tobytes() for batch in batches}) == 3
