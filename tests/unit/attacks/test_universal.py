"""Universal attacks: one perturbation, within its limit, that raises the loss of all recordings."""

from itertools import islice, repeat

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from mishear.attacks.building import build_attack, check_attack, check_universal
from mishear.attacks.judging import Threat
from mishear.attacks.running import attack_batch
from mishear.attacks.universal import (
    L2UniversalPGD,
    LearnedPerturbation,
    LinfUniversalPGD,
    Part,
    routed,
)
from mishear.core.errors import UserError
from mishear.defences.defended import DefendedVictim
from mishear.defences.filters import JpegCompression
from tests.unit.attacks.victims import BOUNDS, spectrograms, victim

pytestmark = pytest.mark.usefixtures("one_thread")

CLASSES = [LinfUniversalPGD, L2UniversalPGD]
HERE = "mishear.attacks.universal."


def part(model, eps=4.0, count=6, seed=0):
    inputs = spectrograms(seed, count)
    return Part(model, inputs, model(inputs).argmax(1), eps, BOUNDS)


def size(perturbation, cls):
    return perturbation.abs().max() if cls is LinfUniversalPGD else perturbation.norm()


@pytest.mark.parametrize("cls", CLASSES)
@given(eps=st.floats(0.01, 50), steps=st.integers(1, 8), step=st.floats(0.01, 3))
@settings(max_examples=8, deadline=None)
def test_the_perturbation_is_one_for_all_and_within_eps(cls, eps, steps, step):
    batch = part(victim(), eps)
    learned = cls(steps=steps, rel_stepsize=step).learn(repeat(batch))
    assert learned.shape == (1, *batch.inputs.shape[1:])
    assert 0 < size(learned, cls) <= eps * (1 + 1e-5)


@pytest.mark.parametrize("cls", CLASSES)
def test_the_mean_loss_rises(cls):
    batch = part(victim(), eps=6.0 if cls is LinfUniversalPGD else 60.0)
    attack = cls(steps=10, rel_stepsize=0.2)
    changed = attack.added(batch.inputs, attack.learn(repeat(batch)), BOUNDS)
    before, after = (
        functional.cross_entropy(batch.victim(inputs), batch.labels)
        for inputs in (batch.inputs, changed)
    )
    assert after > before + 0.01


def test_one_step_is_along_the_sign_of_the_gradient_of_the_mean_loss():
    batch = part(victim())
    inputs = batch.inputs.clone().requires_grad_()
    functional.cross_entropy(batch.victim(inputs), batch.labels).backward()
    learned = LinfUniversalPGD(steps=1, rel_stepsize=0.25).learn([batch])
    inside = (batch.inputs > BOUNDS[0]) & (batch.inputs < BOUNDS[1])
    expected = (inputs.grad * inside).sum(0, keepdim=True).sign()
    assert torch.allclose(learned, expected, atol=1e-6)


def test_a_recording_that_is_hopeless_does_not_count():
    batch = part(victim())
    labels = batch.labels.clone()

    def sure(inputs):
        logits = batch.victim(inputs)
        wrong = functional.one_hot((labels[:1] + 1) % 10, 10) * 1e3
        return torch.cat([logits[:1] * 5 + wrong, logits[1:]])

    learned = LinfUniversalPGD(steps=1).learn(
        [Part(sure, batch.inputs, labels, batch.eps, batch.bounds)]
    )
    others = Part(batch.victim, batch.inputs[1:], labels[1:], batch.eps, batch.bounds)
    assert torch.equal(learned, LinfUniversalPGD(steps=1).learn([others]))


def test_as_many_batches_as_steps_are_used():
    drawn = []

    def batches():
        for number in range(100):
            drawn.append(number)
            yield part(victim())

    LinfUniversalPGD(steps=3).learn(batches())
    assert drawn == [0, 1, 2]


def test_without_shift_the_same_is_added_to_every_recording():
    attack = LinfUniversalPGD()
    perturbation = torch.rand(1, 1, 4, 9)
    inputs = torch.zeros(5, 1, 4, 9)
    assert torch.equal(attack.added(inputs, perturbation, (-1, 1)), perturbation.expand(5, 1, 4, 9))
    clipped = attack.added(inputs, perturbation + 1, (-1, 1))
    assert torch.equal(clipped, torch.ones_like(inputs))


def test_with_shift_every_recording_has_it_circularly_shifted_along_the_time():
    attack = LinfUniversalPGD(shift=True)
    perturbation = torch.rand(1, 1, 4, 9)
    torch.manual_seed(0)
    changed = attack.added(torch.zeros(50, 1, 4, 9), perturbation, (-1, 1))
    shifted = [perturbation[0].roll(amount, -1) for amount in range(9)]
    found = [next(a for a in range(9) if torch.equal(shifted[a], each)) for each in changed]
    assert set(found) == set(range(9))


@pytest.mark.parametrize("shift", [False, True])
def test_what_was_learned_is_judged_as_any_attack(shift):
    model = victim()
    batch = part(model)
    attack = LinfUniversalPGD(steps=5, rel_stepsize=0.5, shift=shift)
    learned = LearnedPerturbation(attack, attack.learn(repeat(batch)))
    assert learned.distance == attack.distance
    threat = Threat(batch.eps, BOUNDS)
    found = attack_batch(DefendedVictim(model), learned, batch.inputs, batch.labels, threat, 0)
    assert not any(found.rejected)
    assert (found.linf <= batch.eps * 1.0001).all() and (found.linf > 0).all()
    again = attack_batch(DefendedVictim(model), learned, batch.inputs, batch.labels, threat, 0)
    assert torch.equal(found.adversarial, again.adversarial)


def test_a_defended_victim_is_asked_once_for_what_was_learned():
    model = DefendedVictim(victim(), [JpegCompression(BOUNDS)])
    assert len(model.routes()) > 1
    asked = []

    class Noting(LearnedPerturbation):
        def run(self, *arguments, **others):
            asked.append(arguments)
            return super().run(*arguments, **others)

    Noting.__qualname__ = "LearnedPerturbation"
    Noting.__module__ = LearnedPerturbation.__module__
    batch = part(victim())
    learned = Noting(LinfUniversalPGD(), torch.ones(1, *batch.inputs.shape[1:]))
    attack_batch(model, learned, batch.inputs, batch.labels, Threat(4.0, BOUNDS), 0)
    assert len(asked) == 1


def test_foolbox_runs_it_on_a_batch():
    from foolbox import PyTorchModel

    model = victim()
    batch = part(model)
    fmodel = PyTorchModel(model, bounds=BOUNDS, device="cpu")
    raw, clipped, _ = LinfUniversalPGD(steps=3)(fmodel, batch.inputs, batch.labels, epsilons=4.0)
    added = clipped - batch.inputs
    free = ((clipped > BOUNDS[0]) & (clipped < BOUNDS[1])).all(0)
    spread = added.amax(0) - added.amin(0)
    assert spread[free].max() < 1e-4


@pytest.mark.parametrize("params", [{"steps": 0}, {"rel_stepsize": 0}])
def test_parameters_out_of_range_are_refused(params):
    with pytest.raises(UserError, match=r"attacks\.u"):
        build_attack({"class": HERE + "LinfUniversalPGD", "params": params}, "attacks.u")


def test_class_and_key_must_agree():
    universal = {"class": HERE + "L2UniversalPGD", "params": {}, "targets": "untargeted"}
    check_attack(universal, [1.0], "attacks.u")
    check_universal(universal | {"universal": True}, "attacks.u")
    with pytest.raises(UserError, match=r"attacks\.u\.class: .* Add universal: true"):
        check_universal(universal | {"universal": False}, "attacks.u")
    other = universal | {"class": "LinfPGD"}
    check_universal(other | {"universal": False}, "attacks.u")
    with pytest.raises(
        UserError, match=r"attacks\.u\.universal: LinfPGD does not learn one perturbation"
    ):
        check_universal(other | {"universal": True}, "attacks.u")


def test_steps_take_the_routes_in_turn():
    model = DefendedVictim(victim(), [JpegCompression(BOUNDS)])
    inputs = spectrograms(0)
    found = [routed(model, step) for step in islice(range(9), 2 * len(model.routes()))]
    gradients = []
    for route in found:
        given = inputs.clone().requires_grad_()
        route(given).sum().backward()
        gradients.append(given.grad)
    half = len(found) // 2
    assert all(torch.equal(gradients[k], gradients[k + half]) for k in range(half))
    assert not torch.equal(gradients[0], gradients[1])
