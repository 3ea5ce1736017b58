"""Working attacks break a network that is certainly attackable; broken ones are found out."""

import pytest
import torch
from foolbox.attacks import LinfPGD
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.attacks.building import build_attack
from mishear.attacks.norms import norm_of, norm_values
from mishear.core.errors import UserError
from mishear.evaluation.attack_unit_test import UnitTest, plant
from mishear.evaluation.attack_unit_test import broken as broken_by

pytestmark = pytest.mark.usefixtures("one_thread")

SHAPE = (64, 48)
BOUNDS = (-76.4, 50.2)
PAPER = {"abs_stepsize": 0.1, "steps": 5}
PGD = {"rel_stepsize": 0.05, "steps": 40}
CW = {"stepsize": 0.01, "steps": 200, "binary_search_steps": 9}


def broken(name, params=None, eps=0.5, shape=SHAPE, bounds=BOUNDS, **other):
    """The share of the planted recordings that an attack breaks."""
    definition = {"class": name, "params": params or {}, "restarts": 1, "targets": "untargeted"}
    definition |= other
    norm = norm_of(build_attack(definition))
    return broken_by(definition, UnitTest(shape, bounds, eps, norm), eps).mean()


@settings(max_examples=30, deadline=None)
@given(
    shape=st.one_of(
        st.tuples(st.integers(4, 70), st.integers(4, 50)), st.tuples(st.integers(16, 2000))
    ),
    low=st.floats(-100, 0),
    span=st.floats(20, 200),
    relative_eps=st.floats(0.001, 0.25),
    norm=st.sampled_from(["linf", "l2"]),
    share=st.floats(0.2, 0.9),
    classes=st.integers(2, 15),
)
def test_what_is_planted_is_there(shape, low, span, relative_eps, norm, share, classes):
    eps, bounds = relative_eps * span, (low, low + span)
    planted = plant(UnitTest(shape, bounds, eps, norm, share, count=2 * classes, classes=classes))
    before = planted.recordings
    assert (planted.network(before).argmax(1) == planted.labels).all()
    for distance in range(1, classes):
        targets = (planted.labels + distance) % classes
        beyond = planted.adversarial(targets, 1.1 * share)
        assert (planted.network(beyond).argmax(1) == targets).all()
        short = planted.adversarial(targets, 0.9 * share)
        assert (planted.network(short).argmax(1) == planted.labels).all()
        sizes = norm_values(beyond - before, norm)
        assert torch.allclose(sizes, torch.tensor(1.1 * share * eps), rtol=1e-2)
    slack = 1e-5 * max(map(abs, bounds))
    for change in (-eps, 0, eps):
        assert (before + change).min() >= bounds[0] - slack
        assert (before + change).max() <= bounds[1] + slack


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("LinfPGD", PGD),
        ("L2DeepFoolAttack", {"steps": 10}),
        ("mishear.attacks.autoattack.LinfAPGD", {"steps": 10}),
        ("mishear.attacks.autoattack.LinfSquare", {"queries": 500}),
    ],
)
def test_attacks_work_on_waveforms(name, params):
    eps = 0.5 if name.startswith("L2") else 0.02
    assert broken(name, params, eps, shape=(800,), bounds=(-1, 1)) >= 0.9


@pytest.mark.parametrize(
    ("name", "params", "eps"),
    [
        ("LinfFastGradientAttack", {}, 0.05),
        ("LinfFastGradientAttack", {}, 1.0),
        ("LinfPGD", PAPER, 0.25),
        ("LinfPGD", PAPER, 0.5),
        ("LinfPGD", PGD, 0.95),
        ("L2PGD", {}, 10.0),
        ("L2CarliniWagnerAttack", CW, 10.0),
        ("L2DeepFoolAttack", {}, 10.0),
        ("mishear.attacks.autoattack.LinfAPGD", {"loss": "ce", "steps": 20}, 0.5),
        ("mishear.attacks.autoattack.LinfAPGD", {"loss": "dlr", "steps": 20}, 0.5),
        ("mishear.attacks.autoattack.LinfAPGDTargeted", {"steps": 20}, 0.5),
        ("mishear.attacks.autoattack.LinfFAB", {"steps": 20}, 0.5),
        ("mishear.attacks.autoattack.LinfSquare", {"queries": 1000}, 0.5),
        ("mishear.attacks.autoattack.LinfAutoAttack", {"steps": 20, "queries": 100}, 0.5),
    ],
)
def test_attacks_that_work_break_every_recording(name, params, eps):
    assert broken(name, params, eps) == 1


@pytest.mark.parametrize("targets", ["least-likely", "random", "every"])
def test_attacks_that_work_reach_the_class_they_aim_at(targets):
    assert broken("LinfPGD", PGD, targets=targets) == 1


def test_decisions_alone_suffice_on_a_small_input():
    """Thousands of questions would be needed for 3,072 cells."""
    params = {"constraint": "linf", "steps": 10, "initial_gradient_eval_steps": 50, "gamma": 100}
    assert broken("mishear.attacks.hopskipjump.HopSkipJump", params, 10.0, shape=(16, 12)) == 1


def test_the_papers_pgd_does_not_travel_far_enough():
    """Five steps of 0.1 dB take it 0.5 dB, of the 0.57 dB needed at an eps of 0.95 dB."""
    assert broken("LinfPGD", PAPER, 0.95) == 0


class ReturnsZeros(LinfPGD):
    def run(self, model, inputs, criterion, *, epsilon, **kwargs):
        return 0 * inputs


class ReturnsTheRecording(LinfPGD):
    def run(self, model, inputs, criterion, *, epsilon, **kwargs):
        return inputs


class ClipsToUnitRange(LinfPGD):
    def run(self, model, inputs, criterion, *, epsilon, **kwargs):
        found = super().run(model, inputs, criterion, epsilon=epsilon, **kwargs)
        return found.clip(0, 1)


class GoesTheWrongWay(LinfPGD):
    def run(self, model, inputs, criterion, *, epsilon, **kwargs):
        found = super().run(model, inputs, criterion, epsilon=epsilon, **kwargs)
        return inputs - (found - inputs)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        (f"{__name__}.ReturnsZeros", {}),
        (f"{__name__}.ReturnsTheRecording", {}),
        (f"{__name__}.ClipsToUnitRange", {}),
        (f"{__name__}.GoesTheWrongWay", {}),
        ("LinfPGD", {"abs_stepsize": 0.001, "steps": 40}),
        ("LinfAdditiveUniformNoiseAttack", {}),
    ],
)
def test_attacks_that_do_not_work_are_found_out(name, params):
    assert broken(name, params) == 0


def test_too_large_an_eps_and_too_many_classes_are_refused():
    with pytest.raises(UserError, match="eps of 60 within"):
        plant(UnitTest(SHAPE, BOUNDS, 60.0, "linf"))
    with pytest.raises(UserError, match="2 to 15 classes"):
        plant(UnitTest(SHAPE, BOUNDS, 0.5, "linf", classes=16))
    with pytest.raises(UserError, match="at least 4 x 4"):
        plant(UnitTest((3, 48), BOUNDS, 0.5, "linf"))
