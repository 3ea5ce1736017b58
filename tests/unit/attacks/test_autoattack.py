"""AutoAttack does what its authors' code does on inputs in dB, and says what it cannot do."""

import logging
import os

import pytest
import torch
from foolbox import PyTorchModel
from hypothesis import given, settings
from hypothesis import strategies as st
from pyautoattack import AutoAttack
from torch import nn

from mishear.attacks.autoattack import LinfAPGD, LinfAutoAttack, LinfSquare
from mishear.attacks.building import build_attack
from mishear.attacks.unit_range import UnitRange
from mishear.core.errors import UserError
from tests.unit.attacks.victims import (
    BOUNDS,
    Noisy,
    Opaque,
    Rounding,
    attacked,
    outcome_of,
    spectrograms,
    victim,
)

pytestmark = pytest.mark.usefixtures("one_thread")

HOME = "mishear.attacks.autoattack."
APGD, TARGETED, FAB, SQUARE, AUTO_ATTACK = (
    HOME + name
    for name in ("LinfAPGD", "LinfAPGDTargeted", "LinfFAB", "LinfSquare", "LinfAutoAttack")
)
HOP_SKIP_JUMP = "mishear.attacks.hopskipjump.HopSkipJump"
QUICK = {
    APGD: {"steps": 5},
    TARGETED: {"steps": 3},
    FAB: {"steps": 3},
    SQUARE: {"queries": 20},
    AUTO_ATTACK: {"steps": 3, "queries": 10},
    HOP_SKIP_JUMP: {"constraint": "linf", "steps": 2, "initial_gradient_eval_steps": 5},
}
"""All attacks on inputs in [0, 1], with parameters that make them fast."""


@settings(max_examples=25, deadline=None)
@given(name=st.sampled_from(list(QUICK)), eps=st.floats(0.01, 100), seed=st.integers(0, 1000))
def test_perturbations_are_within_eps_and_bounds_and_failures_unchanged(name, eps, seed):
    inputs, labels, outcome = outcome_of(name, QUICK[name], victim(seed=seed), eps, seed)
    assert outcome.rejected == [""] * len(inputs)
    assert (outcome.linf <= eps * (1 + 1e-6) + 3e-5).all()
    assert outcome.adversarial.min() >= BOUNDS[0] - 1e-4
    assert outcome.adversarial.max() <= BOUNDS[1] + 1e-4
    if name != HOP_SKIP_JUMP:
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
        attacked(LinfAPGD(steps=3), model, inputs, labels, 20.0, seed) for seed in (0, 1)
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
    unit = wrapped.to_unit_range(inputs)
    returned, _ = theirs.run_standard_evaluation(unit, labels)
    attack = LinfAutoAttack(queries=queries)
    ours = attacked(attack, model, inputs, labels, eps, 0)
    assert 0 < ours.success(labels.numpy()).sum() < len(labels)
    expected = wrapped.from_unit_range(returned, unit, inputs)
    assert torch.allclose(ours.adversarial, expected, rtol=0, atol=1e-4)


def test_autoattack_ends_with_square_where_gradients_tell_nothing():
    model, inputs = Rounding(victim()), spectrograms(0, 12)
    labels = model(inputs).argmax(1)
    few, many = (
        attacked(LinfAutoAttack(steps=3, queries=queries), model, inputs, labels, 5.0)
        for queries in (1, 500)
    )
    assert many.success(labels.numpy()).sum() >= few.success(labels.numpy()).sum() + 4


@pytest.mark.parametrize(("name", "params"), [*QUICK.items(), (APGD, {"steps": 5, "loss": "dlr"})])
def test_inputs_may_lie_in_memory_in_any_order(name, params):
    model, inputs = victim(), spectrograms(0)
    labels = model(inputs).argmax(1)
    attack = build_attack({"class": name, "params": params})
    turned = inputs.transpose(2, 3).contiguous().transpose(2, 3)
    assert not turned.is_contiguous()
    outcome = attacked(attack, model, turned, labels, 1.0, 0)
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
        (APGD, {"loss": "dlr"}, 2, "at least 3 classes, the victim has 2"),
        (TARGETED, {}, 3, "at least 4 classes, the victim has 3"),
        (AUTO_ATTACK, {}, 3, "at least 4 classes, the victim has 3"),
    ],
)
def test_too_few_classes_for_a_loss_are_an_error(name, params, classes, said):
    with pytest.raises(UserError, match=said):
        outcome_of(name, params, victim(classes))


@pytest.mark.parametrize(
    ("name", "params"),
    [
        (APGD, {"loss": "ce"}),
        (FAB, {}),
        (SQUARE, {}),
        (HOP_SKIP_JUMP, {}),
    ],
)
def test_other_attacks_take_two_classes(name, params):
    params = params | QUICK[name]
    assert outcome_of(name, params, victim(2), 5.0)[2].rejected == [""] * 6


def test_fewer_classes_than_aimed_at_are_logged(caplog):
    caplog.set_level(logging.INFO)
    outcome_of(FAB, QUICK[FAB], victim(5))
    assert "aiming at 4 classes, not 9" in caplog.text


@pytest.mark.parametrize(
    "name",
    [APGD, TARGETED, FAB, AUTO_ATTACK],
)
def test_a_victim_without_gradient_is_an_error_where_one_is_needed(name):
    with pytest.raises(UserError, match="gives none.*LinfSquare"):
        outcome_of(name, QUICK[name], Opaque(victim()))


@pytest.mark.parametrize(
    ("name", "params"),
    [(SQUARE, {"queries": 300}), (HOP_SKIP_JUMP, QUICK[HOP_SKIP_JUMP])],
)
def test_a_victim_without_gradient_is_broken_where_none_is_needed(name, params):
    _, labels, outcome = outcome_of(name, params, Opaque(victim()), eps=60.0)
    assert outcome.success(labels.numpy()).any()


@pytest.mark.parametrize("defended", [Rounding, Noisy])
@pytest.mark.parametrize("name", [name for name in QUICK if name != HOP_SKIP_JUMP])
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


def test_the_version_for_randomised_victims_follows_the_mean_of_several_gradients():
    """As pyautoattack's own version: APGD-CE and APGD-DLR with ``eot_iter`` of 20."""
    stages = LinfAutoAttack(version="rand").stages
    published = AutoAttack(victim(), eps=0.1, version="rand", device="cpu")
    assert [stage.loss for stage in stages] == ["ce", "dlr"]
    assert published.attacks_to_run == ["apgd-ce", "apgd-dlr"]
    assert {stage.draws for stage in stages} == {published.apgd.eot_iter} == {20}
    assert {stage.steps for stage in stages} == {published.apgd.n_iter}


@pytest.mark.parametrize("draws", [1, 3])
def test_each_draw_asks_the_victim_for_a_gradient(draws):
    asked = []

    class Counting(nn.Module):
        def forward(self, inputs):
            asked.append(inputs.requires_grad)
            return model(inputs)

    model, inputs = victim(), spectrograms(0)
    counting = Counting().eval()
    attacked(LinfAPGD(steps=4, draws=draws), counting, inputs, model(inputs).argmax(1), 0.1)
    assert sum(asked) == 1 + 5 * draws, "one to see that there is a gradient, then start and steps"
