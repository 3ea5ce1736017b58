"""What a robust training is shown stays within eps and bounds, and is the worst that was found."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn

from mishear.attacks.judging import ROUNDING
from mishear.training.losses import (
    Ascent,
    climb,
    trades_loss,
    training_loss,
    warmed_up,
    with_noise,
    worst_inputs,
)
from mishear.training.networks import PaperCNN

LOW, HIGH = BOUNDS = (-70.0, 30.0)
SLACK = ROUNDING * 70
SHAPE = (3, 1, 16, 12)
DECIBELS = st.floats(LOW, HIGH, width=32)
BATCHES = arrays(np.float32, SHAPE, elements=DECIBELS).map(torch.from_numpy)
LABELS = torch.tensor([0, 1, 2])


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return PaperCNN(classes=3)


def cross_entropy(logits):
    return nn.functional.cross_entropy(logits, LABELS[: len(logits)], reduction="sum")


@given(
    inputs=BATCHES,
    eps=st.floats(0, 30),
    steps=st.integers(1, 4),
    rel_stepsize=st.floats(0.01, 3),
    random_start=st.booleans(),
)
@settings(max_examples=50, deadline=None)
def test_nothing_is_changed_by_more_than_eps_or_beyond_the_bounds(
    network, inputs, eps, steps, rel_stepsize, random_start
):
    before = inputs.clone()
    adversarial = {"steps": steps, "rel_stepsize": rel_stepsize, "random_start": random_start}
    changed = worst_inputs(network, inputs, cross_entropy, adversarial, eps, BOUNDS)
    assert torch.equal(inputs, before)
    assert not changed.requires_grad
    assert (changed - inputs).abs().max() <= eps + SLACK
    assert changed.min() >= LOW
    assert changed.max() <= HIGH


@given(BATCHES, st.floats(0.1, 100))
@settings(deadline=None)
def test_noise_is_drawn_anew_and_stays_within_the_bounds(inputs, sigma):
    one, other = (with_noise(inputs, sigma, BOUNDS) for _ in range(2))
    assert not torch.equal(one, other)
    assert one.min() >= LOW
    assert one.max() <= HIGH


def test_noise_has_the_standard_deviation_asked_for():
    inputs = torch.full((50, 1, 64, 48), -20.0)
    noise = with_noise(inputs, 3.0, BOUNDS) - inputs
    assert noise.std().item() == pytest.approx(3, rel=0.01)
    assert noise.mean().item() == pytest.approx(0, abs=0.05)
    assert not torch.equal(noise[0], noise[1])


@given(st.floats(0.01, 10), st.just(0) | st.floats(0.001, 1), st.floats(0, 1), st.floats(0, 1))
def test_eps_grows_to_its_size_and_stays_there(eps, warm_up, one, other):
    early, late = (warmed_up(eps, warm_up, progress) for progress in sorted((one, other)))
    assert 0 <= early <= late <= eps
    assert warmed_up(eps, warm_up, 1) == eps
    if warm_up > 0:
        assert warmed_up(eps, warm_up, warm_up / 2) == pytest.approx(eps / 2)


class Linear(nn.Module):
    """Two classes told apart by the sign of a weighted sum."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.weight = nn.Parameter(torch.randn(SHAPE[1:]))

    def forward(self, inputs):
        score = (inputs * self.weight).sum((1, 2, 3)) / 1000
        return torch.stack([score, -score], 1)


@pytest.mark.parametrize("random_start", [True, False])
def test_the_worst_inputs_of_a_linear_model_are_found_exactly(random_start):
    model, labels = Linear(), torch.tensor([0, 1, 0])
    inputs = torch.zeros(SHAPE)
    adversarial = {"steps": 8, "rel_stepsize": 0.25, "random_start": random_start}

    def loss(logits):
        return nn.functional.cross_entropy(logits, labels, reduction="sum")

    found = worst_inputs(model, inputs, loss, adversarial, 2.0, BOUNDS)
    away = torch.tensor([-1.0, 1.0, -1.0]).view(3, 1, 1, 1)
    assert torch.equal(found, away * 2 * model.weight.sign())


@pytest.mark.parametrize("training", [True, False])
def test_looking_for_worst_inputs_leaves_the_network_as_it_was(network, training):
    before = copy.deepcopy(network.train(training).state_dict())
    ascent = Ascent(1.0, 0.5, 3, BOUNDS)
    climb(network, torch.zeros(SHAPE), torch.zeros(SHAPE), cross_entropy, ascent)
    assert {module.training for module in network.modules()} == {training}
    assert all(parameter.grad is None for parameter in network.parameters())
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_trades_is_cross_entropy_plus_beta_times_the_divergence():
    """Formula of Zhang et al. 2019, eq. 5, in NumPy, at the inputs that the same draw finds."""
    model, labels, inputs = Linear(), torch.tensor([0, 1, 1]), torch.randn(SHAPE)
    adversarial = {"steps": 3, "rel_stepsize": 0.5, "random_start": True, "beta": 4.0}
    torch.manual_seed(5)
    loss, logits = trades_loss(model, inputs, labels, adversarial, 2.0, BOUNDS)

    torch.manual_seed(5)
    start = inputs + torch.empty(SHAPE).uniform_(-2, 2)
    p = model(inputs).softmax(1).detach()

    def divergence(logits):
        return (p * (p.log() - logits.log_softmax(1))).sum()

    changed = climb(model, inputs, start, divergence, Ascent(2.0, 1.0, 3, BOUNDS))
    clean, other = (each.softmax(1).detach().numpy() for each in (model(inputs), model(changed)))
    entropy = -np.log(clean[np.arange(3), labels.numpy()]).mean()
    gap = (clean * np.log(clean / other)).sum(1).mean()
    assert gap > 0
    assert loss.item() == pytest.approx(entropy + 4 * gap, rel=1e-5)
    assert torch.allclose(logits, model(changed))


def test_a_recipe_may_have_noise_and_adversarial_inputs(network):
    inputs = torch.zeros(SHAPE)
    adversarial = {"method": "pgd", "eps": 1.0, "steps": 1, "rel_stepsize": 1.0, "warm_up": 0.0}
    adversarial |= {"random_start": False}
    seen = []

    class Noting(nn.Module):
        def forward(self, inputs):
            if self.training:
                seen.append(inputs.detach())
            return network(inputs)

    recipe = {"noise": {"sigma": 5.0}, "adversarial": adversarial}
    training_loss(Noting().train(), inputs, LABELS, recipe, BOUNDS, 0.5)
    torch.manual_seed(2)
    training_loss(Noting().train(), inputs, LABELS, recipe, BOUNDS, 0.5)
    torch.manual_seed(2)
    noisy = with_noise(inputs, 5.0, BOUNDS)
    assert not torch.equal(seen[0], seen[1])
    distance = (seen[1] - noisy).abs()
    assert distance.max() <= 1 + SLACK
    assert distance.mean() > 0.5


def test_a_start_is_brought_within_eps_and_bounds_before_the_model_sees_it():
    seen = []

    class Noting(Linear):
        def forward(self, inputs):
            seen.append(inputs.detach().clone())
            return super().forward(inputs)

    inputs = torch.zeros(SHAPE)
    climb(Noting(), inputs, inputs + 9, cross_entropy_of_two, Ascent(2.0, 0.5, 1, BOUNDS))
    climb(Noting(), inputs, inputs - 9, cross_entropy_of_two, Ascent(5.0, 0.5, 1, (-1.0, 1.0)))
    assert [each.unique().tolist() for each in seen] == [[2], [-1]]


def cross_entropy_of_two(logits):
    return nn.functional.cross_entropy(logits, torch.zeros(3, dtype=int), reduction="sum")
