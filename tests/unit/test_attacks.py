"""Perturbations keep to their limits, and success is what the victim says, not the attack."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.attacks import attack_batch, build_attack, judge, norm_values
from mishear.defences import DefendedVictim
from mishear.networks import PaperCNN

BOUNDS = (-80.0, 50.0)


def victim(seed=0):
    torch.manual_seed(seed)
    return PaperCNN(10).eval().requires_grad_(False)


def spectrograms(seed, count):
    generator = torch.Generator().manual_seed(seed)
    low, high = BOUNDS
    return low + (high - low) * torch.rand(count, 1, 16, 12, generator=generator)


def attacked(definition, eps, seed=0, count=4):
    model, inputs = victim(seed), spectrograms(seed, count)
    labels = model(inputs).argmax(1)
    attack = build_attack(definition)
    return (
        inputs,
        attack_batch(DefendedVictim(model), attack, inputs, labels, eps, BOUNDS, seed),
        labels,
        model,
    )


@settings(max_examples=20, deadline=None)
@given(
    name=st.sampled_from(
        [
            ("LinfFastGradientAttack", {}, "linf"),
            ("LinfPGD", {"abs_stepsize": 0.1, "steps": 5}, "linf"),
            ("L2PGD", {"steps": 5}, "l2"),
            ("L2FastGradientAttack", {}, "l2"),
            ("LinfAdditiveUniformNoiseAttack", {}, "linf"),
        ]
    ),
    eps=st.floats(0.01, 200),
    seed=st.integers(0, 1000),
)
def test_perturbation_is_within_eps_and_bounds(name, eps, seed):
    class_name, params, norm = name
    inputs, outcome, _, _ = attacked({"class": class_name, "params": params}, eps, seed)
    assert outcome.rejected == [""] * len(inputs)
    assert outcome.adversarial.shape == inputs.shape
    sizes = norm_values(outcome.adversarial - inputs, norm)
    assert (sizes <= eps * (1 + 1e-6) + 3e-3).all()
    assert outcome.adversarial.min() >= BOUNDS[0] - 1e-4
    assert outcome.adversarial.max() <= BOUNDS[1] + 1e-4
    assert np.allclose(outcome.linf, norm_values(outcome.adversarial - inputs, "linf"))


def test_same_seed_same_recordings_and_another_seed_others():
    pgd = {"class": "LinfPGD", "params": {"steps": 3}}
    first, again = attacked(pgd, 1.0, 5)[1], attacked(pgd, 1.0, 5)[1]
    assert torch.equal(first.adversarial, again.adversarial)
    model, inputs = victim(5), spectrograms(5, 4)
    labels = model(inputs).argmax(1)
    other = attack_batch(DefendedVictim(model), build_attack(pgd), inputs, labels, 1.0, BOUNDS, 6)
    assert not torch.equal(first.adversarial, other.adversarial)


def test_a_minimisation_attack_with_an_eps_stays_within_it():
    deepfool = {"class": "L2DeepFoolAttack", "params": {"steps": 5}}
    inputs, outcome, _, _ = attacked(deepfool, 0.5)
    assert (norm_values(outcome.adversarial - inputs, "l2") <= 0.5 * (1 + 1e-4)).all()


@pytest.mark.parametrize("name", ["L2CarliniWagnerAttack", "EADAttack"])
def test_foolbox_all_zero_failures_are_not_counted_as_successes(name):
    """Foolbox 3.3.4 returns zeros where it found nothing, and calls the victim's answer success.

    One step with a tiny constant finds nothing; the answer to all zeros is another class.
    """
    from foolbox import PyTorchModel
    from foolbox.criteria import Misclassification

    model = _AnswersZerosWith(victim(), answer=9)
    inputs = spectrograms(0, 8)
    labels = model(inputs).argmax(1)
    definition = {
        "class": name,
        "params": {"steps": 1, "binary_search_steps": 1, "initial_const": 1e-9},
    }
    attack = build_attack(definition)
    wrapped = PyTorchModel(model, bounds=BOUNDS)
    _, returned, claimed = attack(wrapped, inputs, Misclassification(labels), epsilons=None)
    assert (returned.flatten(1) == 0).all(1).any(), "Foolbox no longer returns zeros: simplify"
    assert (labels != 9).all()
    assert claimed.any(), "Foolbox no longer claims success for zeros: simplify"

    outcome = attack_batch(DefendedVictim(model), attack, inputs, labels, float("inf"), BOUNDS, 0)
    failed = [reason == "all zeros" for reason in outcome.rejected]
    assert any(failed)
    unharmed = outcome.adversarial_prediction == labels.numpy()
    assert unharmed[failed].all()
    assert (outcome.l2[failed] == 0).all()


class _AnswersZerosWith(torch.nn.Module):
    def __init__(self, model, answer):
        super().__init__()
        self.model, self.answer = model, answer
        self.eval()

    def forward(self, inputs):
        logits = self.model(inputs)
        is_zero = (inputs.flatten(1) == 0).all(1)
        forced = torch.zeros_like(logits)
        forced[:, self.answer] = 100.0
        return torch.where(is_zero[:, None], forced, logits)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda x: x * float("nan"), "not finite"),
        (torch.zeros_like, "all zeros"),
        (lambda x: x + 1000, "beyond the bounds"),
        (lambda x: (x + 3).clamp(*BOUNDS), "beyond eps"),
    ],
)
def test_what_an_attack_may_not_return_is_rejected(spoil, reason):
    model, inputs = victim(), spectrograms(1, 3)
    outcome = judge(DefendedVictim(model), inputs, spoil(inputs), 1.0, "linf", BOUNDS)
    assert outcome.rejected == [reason] * 3
    assert torch.equal(outcome.adversarial, inputs)
    assert (outcome.adversarial_prediction == outcome.clean_prediction).all()


def test_unchanged_recordings_are_no_successes():
    model, inputs = victim(), spectrograms(1, 3)
    outcome = judge(DefendedVictim(model), inputs, inputs.clone(), 1.0, "linf", BOUNDS)
    assert (outcome.adversarial_prediction == outcome.clean_prediction).all()
    assert (outcome.linf == 0).all()
