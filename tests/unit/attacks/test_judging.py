"""Success is what the victim says, not the attack."""

import numpy as np
import pytest
import torch

from mishear.attacks.building import build_attack
from mishear.attacks.judging import ANY, Threat, judge
from mishear.attacks.norms import norm_values
from mishear.defences.defended import DefendedVictim
from mishear.defences.smoothing import RandomisedSmoothing
from mishear.evaluation.attack_unit_test import UnitTest, plant
from tests.unit.attacks.victims import BOUNDS, attacked, spectrograms, victim


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

    outcome = attacked(attack, model, inputs, labels, float("inf"))
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
    outcome = judge(DefendedVictim(model), inputs, spoil(inputs), Threat(1.0, BOUNDS), "linf")
    assert outcome.rejected == [reason] * 3
    assert torch.equal(outcome.adversarial, inputs)
    assert (outcome.adversarial_prediction == outcome.clean_prediction).all()


def test_unchanged_recordings_are_no_successes():
    model, inputs = victim(), spectrograms(1, 3)
    outcome = judge(DefendedVictim(model), inputs, inputs.clone(), Threat(1.0, BOUNDS), "linf")
    assert (outcome.adversarial_prediction == outcome.clean_prediction).all()
    assert (outcome.linf == 0).all()


def test_misclassified_as_another_class_is_no_success_of_an_aimed_attack():
    planted = plant(UnitTest((8, 8), BOUNDS, 1.0, "linf", count=4))
    elsewhere = (planted.labels + 2) % 10
    outcome = judge(
        DefendedVictim(planted.network),
        planted.recordings,
        planted.adversarial(elsewhere, 0.9),
        Threat(1.0, BOUNDS),
        "linf",
        target=torch.tensor([2, 4, 4, ANY]),
    )
    labels = planted.labels.numpy()
    assert outcome.adversarial_prediction.tolist() == [2, 3, 4, 5]
    assert outcome.success(labels).tolist() == [True, False, True, True]
    assert outcome.success(np.array([7, 7, 7, 7])).tolist() == [False] * 4


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize(("size", "reason"), [(1.0, ""), (1.001, "beyond eps")])
def test_a_change_may_be_as_large_as_eps_and_no_larger(norm, size, reason):
    inputs = spectrograms(2, 3).clamp(-60, 40)
    change = torch.ones_like(inputs)
    change /= norm_values(change[:1], norm).item()
    threat = Threat(1.0, BOUNDS)
    outcome = judge(DefendedVictim(victim()), inputs, inputs + size * change, threat, norm)
    assert outcome.rejected == [reason] * 3


def test_every_wrong_class_counts_where_none_is_aimed_at():
    definition = {"restarts": 3, "targets": "least-likely"}
    assert Threat.of(definition, 1.0, BOUNDS) == Threat(1.0, BOUNDS, 3, "least-likely")
    inputs = spectrograms(1, 3)
    outcome = judge(DefendedVictim(victim()), inputs, inputs, Threat(1.0, BOUNDS), "linf")
    assert outcome.target.tolist() == [ANY] * 3


def test_a_random_victim_is_judged_by_the_draws_of_the_seed():
    inputs = spectrograms(1, 40)
    random = DefendedVictim(victim(), [RandomisedSmoothing(BOUNDS, sigma=40.0, votes=1)])

    def judged(seed):
        outcome = judge(random, inputs, inputs.clone(), Threat(1.0, BOUNDS), "linf", seed)
        return outcome.clean_prediction.tolist(), outcome.adversarial_prediction.tolist()

    assert judged(1) == judged(1)
    assert judged(1)[0] != judged(2)[0]
    assert judged(1)[1] != judged(2)[1]


def reasons(inputs, returned):
    threat = Threat(1000.0, BOUNDS)
    return judge(DefendedVictim(victim()), inputs, returned, threat, "linf").rejected


def test_each_recording_is_rejected_for_itself():
    inputs = spectrograms(1, 4)
    inputs[3] = 0  # 0 dB everywhere: it may stay as it is
    returned = inputs.clone()
    returned[1] = 0
    returned[2, 0, 0, 0] = float("nan")
    assert reasons(inputs, returned) == ["", "all zeros", "not finite", ""]
    ones = torch.ones_like(inputs)
    assert reasons(ones, torch.zeros_like(ones)) == ["all zeros"] * 4


def test_a_value_may_lie_on_the_bounds_and_not_beyond():
    inputs = spectrograms(1, 4)
    returned = inputs.clone()
    returned[:, 0, 0, 0] = torch.tensor([BOUNDS[0], BOUNDS[1], BOUNDS[0] - 0.01, BOUNDS[1] + 0.01])
    assert reasons(inputs, returned) == ["", ""] + ["beyond the bounds"] * 2


def test_inputs_may_be_samples():
    torch.manual_seed(0)
    model = DefendedVictim(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(20, 3)).eval())
    inputs = torch.rand(4, 1, 20)
    returned = inputs + 0.1
    returned[1] = torch.nan
    found = judge(model, inputs, returned, Threat(0.2, (-2.0, 2.0)), "linf")
    assert found.rejected == ["", "not finite", "", ""]
    assert torch.equal(found.adversarial[1], inputs[1])
    assert torch.equal(found.adversarial[2], returned[2])


def test_an_aim_is_the_only_class_that_counts():
    definition = {"restarts": 2, "targets": "untargeted"}
    assert Threat.of(definition, 1.0, BOUNDS).any_class
    aimed = Threat.of(definition | {"aim": 3}, 1.0, BOUNDS)
    assert not aimed.any_class and aimed.aim == 3
