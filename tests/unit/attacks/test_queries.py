"""Attacks that only ask: told from others, run recording by recording, and counted."""

import numpy as np
import pytest
import torch
from foolbox.attacks import BoundaryAttack, L2RepeatedAdditiveGaussianNoiseAttack, LinfPGD
from torch import nn

from mishear.attacks.autoattack import LinfAPGD, LinfSquare
from mishear.attacks.hopskipjump import HopSkipJump
from mishear.attacks.queries import asks_alone, counted_queries, follows_gradient
from mishear.attacks.waveform import WaveformAttack
from mishear.defences.defended import DefendedVictim
from mishear.training.scoring import ScoresOnly

SAMPLES = 601  # a prime number


class Energies:
    """Scores of two classes: low or high tones. A class of the user's, in NumPy."""

    def scores(self, waveforms, sample_rate):
        assert waveforms.dtype == np.float32
        spectrum = np.abs(np.fft.rfft(waveforms)) ** 2
        low, high = spectrum[:, :100].sum(1), spectrum[:, 100:].sum(1)
        return np.log(np.stack([low, high], 1) + 1e-9)


class Own(LinfPGD):
    uses_gradient = False


def victim():
    return DefendedVictim(ScoresOnly(Energies(), 8000, 2, "networks.mine: it")).eval()


def tones():
    time = np.arange(SAMPLES)
    pitches = [0.3, 0.4, 1.5, 2.0, 1.2]
    return torch.from_numpy(np.stack([0.3 * np.sin(p * time) for p in pitches]).astype(np.float32))


LABELS = torch.tensor([0, 0, 1, 1, 0])  # the last recording is misclassified

SEARCHES = {
    "mishear.attacks.autoattack.LinfSquare": ({"queries": 300}, "linf"),
    "mishear.attacks.hopskipjump.HopSkipJump": (
        {"steps": 3, "initial_gradient_eval_steps": 20},
        "l2",
    ),
    "BoundaryAttack": ({"steps": 100}, "l2"),
}


@pytest.mark.parametrize("budget", ["snr", "eps"])
@pytest.mark.parametrize("name", SEARCHES)
def test_searches_run_on_the_waveform_of_a_model_that_gives_only_scores(name, budget):
    params, norm = SEARCHES[name]
    definition = {"class": name, "params": params, "restarts": 1, "targets": "untargeted"}
    loud = {"snr": -25.0, "eps": 2.0 if norm == "linf" else 60.0}[budget]
    attack = WaveformAttack(definition | {"budget": budget}, loud)
    outcome, waveforms = attack.on(victim(), nn.Flatten(0, 0), tones(), LABELS, 0)
    assert outcome.correct_clean(LABELS.numpy()).tolist() == [True] * 4 + [False]
    assert outcome.success(LABELS.numpy()).any() and not any(outcome.rejected)
    assert outcome.queries[-1] == 0 and (outcome.queries[:4] > 1).all()
    if norm == "linf":
        assert outcome.queries.max() <= 302
    again, _ = attack.on(victim(), nn.Flatten(0, 0), tones(), LABELS, 0)
    assert torch.equal(again.adversarial, outcome.adversarial)
    # Neither depends on what else is in the batch.
    first, _ = attack.on(victim(), nn.Flatten(0, 0), tones()[:1], LABELS[:1], 0)
    assert torch.equal(first.adversarial[0], outcome.adversarial[0])
    assert waveforms.shape == (5, SAMPLES)


def test_a_search_without_a_start_leaves_the_recording(caplog):
    definition = {"class": "BoundaryAttack", "params": {"steps": 3}, "restarts": 1}
    attack = WaveformAttack(definition | {"targets": "untargeted", "budget": "snr"}, 120.0)
    outcome, _ = attack.on(victim(), nn.Flatten(0, 0), tones(), LABELS, 0)
    assert not outcome.success(LABELS.numpy()).any() and not outcome.adversarial.any()


@pytest.mark.parametrize(
    ("attack", "gradient", "alone"),
    [
        (LinfSquare(), False, True),
        (HopSkipJump(), False, True),
        (BoundaryAttack(), False, True),
        (LinfAPGD(), True, True),
        (L2RepeatedAdditiveGaussianNoiseAttack(), False, False),
        (LinfPGD(), True, False),
        (Own(), False, True),
    ],
)
def test_an_attack_is_told_by_its_class_or_tells_itself(attack, gradient, alone):
    recordings = WaveformAttack.behind(victim(), nn.Identity(), tones(), _Limits())
    assert follows_gradient(type(attack)) == gradient
    assert asks_alone(attack, recordings) == alone
    assert not asks_alone(attack, victim())


class _Limits:
    scale = torch.ones(5, SAMPLES)


def test_queries_are_shared_among_the_recordings_that_are_asked_about_also_after_an_error():
    queries, asked = np.zeros(3), nn.Identity()
    with pytest.raises(RuntimeError), counted_queries(asked, queries, torch.tensor([0, 2])):
        asked(torch.zeros(4))
        raise RuntimeError
    assert queries.tolist() == [2, 0, 2]
