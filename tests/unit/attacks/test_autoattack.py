"""The strong attacks do what their authors' code does on inputs in dB, and say what they cannot."""

import logging
import os

import pytest
import torch
from foolbox import PyTorchModel
from hypothesis import given, settings
from hypothesis import strategies as st
from pyautoattack import AutoAttack
from torch import nn

from mishear.attacks.autoattack import HopSkipJump, LinfAPGD, LinfAutoAttack, LinfSquare, UnitRange
from mishear.attacks.running import attack_batch, build_attack
from mishear.core.errors import UserError
from mishear.defences.base import DefendedVictim
from mishear.training.networks import PaperCNN

pytestmark = pytest.mark.usefixtures("one_thread")

BOUNDS = (-80.0, 50.0)
QUICK = {
    "LinfAPGD": {"steps": 5},
    "LinfAPGDTargeted": {"steps": 3},
    "LinfFAB": {"steps": 3},
    "LinfSquare": {"queries": 20},
    "LinfAutoAttack": {"steps": 3, "queries": 10},
    "HopSkipJump": {"constraint": "linf", "steps": 2, "initial_gradient_eval_steps": 5},
}


def victim(classes=10, seed=0):
    torch.manual_seed(seed)
    return PaperCNN(classes).eval().requires_grad_(False)


def spectrograms(seed, count=6):
    generator = torch.Generator().manual_seed(seed)
    low, high = BOUNDS
    return low + (high - low) * torch.rand(count, 1, 16, 12, generator=generator)


def outcome_of(name, params, model, eps=1.0, seed=0, count=6):
    inputs = spectrograms(seed, count)
    labels = model(inputs).argmax(1)
    attack = build_attack({"class": f"mishear.attacks.autoattack.{name}", "params": params})
    return (
        inputs,
        labels,
        attack_batch(DefendedVictim(model), attack, inputs, labels, eps, BOUNDS, seed),
    )


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(list(QUICK)), eps=st.floats(0.01, 100), seed=st.integers(0, 1000))
def test_perturbations_are_within_eps_and_bounds_and_failures_unchanged(name, eps, seed):
    inputs, labels, outcome = outcome_of(name, QUICK[name], victim(seed=seed), eps, seed)
    assert outcome.rejected == [""] * len(inputs)
    assert (outcome.linf <= eps * (1 + 1e-6) + 3e-5).all()
    assert outcome.adversarial.min() >= BOUNDS[0] - 1e-4
    assert outcome.adversarial.max() <= BOUNDS[1] + 1e-4
    if name != "HopSkipJump":
        failed = ~outcome.success(labels.numpy())
        assert (outcome.linf[failed] == 0).all()


@pytest.mark.parametrize("name", QUICK)
def test_same_seed_same_recordings(name):
    first, again = (outcome_of(name, QUICK[name], victim(), 5.0)[2] for _ in range(2))
    assert torch.equal(first.adversarial, again.adversarial)
    assert (first.linf > 0).any()


def test_another_seed_is_another_start():
    model, inputs = victim(), spectrograms(0)
    labels = model(inputs).argmax(1)
    first, other = (
        attack_batch(DefendedVictim(model), LinfAPGD(steps=3), inputs, labels, 20.0, BOUNDS, seed)
        for seed in (0, 1)
    )
    assert not torch.equal(first.adversarial, other.adversarial)


@pytest.mark.parametrize("name", QUICK)
def test_nothing_is_printed_and_no_file_is_written(name, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome_of(name, QUICK[name], victim())
    assert capfd.readouterr() == ("", "")
    assert os.listdir() == []


def test_autoattack_is_the_authors_standard_version():
    """With the same seed it returns the same; some recordings stand, so that all parts run."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 5)).eval().requires_grad_(False)
    inputs = spectrograms(0, count=12)
    labels = model(inputs).argmax(1)
    eps, queries, classes = 1.0, 200, 4
    wrapped = UnitRange(PyTorchModel(model, BOUNDS, device="cpu"))
    torch.manual_seed(0)
    seed = int(torch.randint(2**31, ()))
    theirs = AutoAttack(wrapped, eps=eps / wrapped.span, seed=seed)
    published = LinfAutoAttack()
    assert theirs.square.n_queries == published.queries
    assert theirs.fab.n_target_classes == published.target_classes
    theirs.square.n_queries = queries
    theirs.apgd_targeted.n_target_classes = theirs.fab.n_target_classes = classes
    unit = wrapped.from_decibels(inputs)
    returned, _ = theirs.run_standard_evaluation(unit, labels)
    attack = LinfAutoAttack(queries=queries)
    ours = attack_batch(DefendedVictim(model), attack, inputs, labels, eps, BOUNDS, seed=0)
    assert 0 < ours.success(labels.numpy()).sum() < len(labels)
    expected = wrapped.to_decibels(returned, unit, inputs)
    assert torch.allclose(ours.adversarial, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "params"), [*QUICK.items(), ("LinfAPGD", {"steps": 5, "loss": "dlr"})]
)
def test_inputs_may_lie_in_memory_in_any_order(name, params):
    model, inputs = victim(), spectrograms(0)
    labels = model(inputs).argmax(1)
    attack = build_attack({"class": f"mishear.attacks.autoattack.{name}", "params": params})
    turned = inputs.transpose(2, 3).contiguous().transpose(2, 3)
    assert not turned.is_contiguous()
    outcome = attack_batch(DefendedVictim(model), attack, turned, labels, 1.0, BOUNDS, 0)
    assert outcome.rejected == [""] * len(inputs)


def test_attacks_answer_foolboxs_own_call():
    model, inputs = victim(), spectrograms(0)
    labels = model(inputs).argmax(1)
    wrapped = PyTorchModel(model, bounds=BOUNDS, device="cpu")
    torch.manual_seed(0)
    _, clipped, success = LinfAPGD()(wrapped, inputs, labels, epsilons=[0.01, 50.0])
    assert [row.any().item() for row in success] == [False, True]
    assert torch.equal(model(clipped[1]).argmax(1) != labels, success[1])


@pytest.mark.parametrize(
    ("name", "params", "classes", "said"),
    [
        ("LinfAPGD", {"loss": "dlr"}, 2, "at least 3 classes, the victim has 2"),
        ("LinfAPGDTargeted", {}, 3, "at least 4 classes, the victim has 3"),
        ("LinfAutoAttack", {}, 3, "at least 4 classes, the victim has 3"),
    ],
)
def test_too_few_classes_for_a_loss_are_an_error(name, params, classes, said):
    with pytest.raises(UserError, match=said):
        outcome_of(name, params, victim(classes))


@pytest.mark.parametrize(
    ("name", "params"),
    [("LinfAPGD", {"loss": "ce"}), ("LinfFAB", {}), ("LinfSquare", {}), ("HopSkipJump", {})],
)
def test_other_attacks_take_two_classes(name, params):
    params = params | QUICK[name]
    assert outcome_of(name, params, victim(2), 5.0)[2].rejected == [""] * 6


def test_fewer_classes_than_aimed_at_are_logged(caplog):
    caplog.set_level(logging.INFO)
    outcome_of("LinfFAB", QUICK["LinfFAB"], victim(5))
    assert "aiming at 4 classes, not 9" in caplog.text


class Opaque(nn.Module):
    """Shows its scores, but no gradient."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.eval()

    @torch.no_grad()
    def forward(self, inputs):
        return self.model(inputs.round())


@pytest.mark.parametrize("name", ["LinfAPGD", "LinfAPGDTargeted", "LinfFAB", "LinfAutoAttack"])
def test_a_victim_without_gradient_is_an_error_where_one_is_needed(name):
    with pytest.raises(UserError, match="gives none.*LinfSquare"):
        outcome_of(name, QUICK[name], Opaque(victim()))


@pytest.mark.parametrize(
    ("name", "params"),
    [("LinfSquare", {"queries": 300}), ("HopSkipJump", QUICK["HopSkipJump"])],
)
def test_a_victim_without_gradient_is_broken_where_none_is_needed(name, params):
    _, labels, outcome = outcome_of(name, params, Opaque(victim()), eps=60.0)
    assert outcome.success(labels.numpy()).any()


class Rounding(nn.Module):
    """Its gradient is zero everywhere."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.eval()

    def forward(self, inputs):
        return self.model(inputs.round())


class Noisy(Rounding):
    def forward(self, inputs):
        return self.model(inputs + 5 * torch.randn_like(inputs))


@pytest.mark.parametrize("defended", [Rounding, Noisy])
@pytest.mark.parametrize("name", [name for name in QUICK if name != "HopSkipJump"])
def test_defended_victims_are_attacked(name, defended):
    _, _, outcome = outcome_of(name, QUICK[name], defended(victim()), eps=5.0)
    assert outcome.rejected == [""] * 6


def test_square_asks_no_more_than_its_queries():
    class Counting(Opaque):
        asked = 0

        def forward(self, inputs):
            self.asked += len(inputs)
            return super().forward(inputs)

    model = Counting(victim())
    inputs = spectrograms(0)
    labels = model(inputs).argmax(1)
    model.asked = 0
    wrapped = PyTorchModel(model, bounds=BOUNDS, device="cpu")
    LinfSquare(queries=30).run(wrapped, inputs, labels, epsilon=0.01)
    # Before and after the search, and at its starting point.
    assert model.asked == len(inputs) * (30 + 3)


def test_hopskipjump_comes_near_the_smallest_change_of_a_linear_victim():
    linear = nn.Sequential(nn.Flatten(), nn.Linear(192, 2)).eval().requires_grad_(False)
    with torch.no_grad():
        linear[1].weight.copy_(torch.stack([torch.ones(192), -torch.ones(192)]) / 192)
        linear[1].bias.copy_(torch.tensor([15.0, -15.0]))
    inputs = spectrograms(0)
    labels = linear(inputs).argmax(1)
    smallest = (inputs.mean((1, 2, 3)) + 15).abs().numpy()
    attack = HopSkipJump(constraint="linf", steps=20, initial_gradient_eval_steps=50)
    outcome = attack_batch(DefendedVictim(linear), attack, inputs, labels, float("inf"), BOUNDS, 0)
    assert outcome.success(labels.numpy()).all()
    assert (outcome.linf >= smallest - 1e-3).all()
    assert (outcome.linf <= 3 * smallest + 1).all()


def test_hopskipjump_leaves_what_has_no_starting_point():
    class NeverThree(nn.Module):
        """Hears 3 in these recordings, and nothing else in anything else but them."""

        def forward(self, inputs):
            loud = (inputs.flatten(1) > 40).float().mean(1)
            return torch.stack([loud - 0.5, 0.5 - loud], 1)

    model = NeverThree().eval()
    quiet = spectrograms(0).clamp(max=30)
    inputs = torch.cat([quiet[:3], torch.full_like(quiet[:3], 45)])
    labels = model(inputs).argmax(1)
    assert labels.tolist() == [1, 1, 1, 0, 0, 0]
    attack = HopSkipJump(**QUICK["HopSkipJump"])
    outcome = attack_batch(DefendedVictim(model), attack, inputs, labels, float("inf"), BOUNDS, 0)
    assert outcome.success(labels.numpy()).tolist() == [False] * 3 + [True] * 3
    assert torch.equal(outcome.adversarial[:3], inputs[:3])


def test_hopskipjump_refuses_a_victim_that_changes_its_mind():
    with pytest.raises(UserError, match="same question twice alike"):
        outcome_of("HopSkipJump", QUICK["HopSkipJump"], Noisy(victim()))
