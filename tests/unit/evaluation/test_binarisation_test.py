"""Examples that exist are planted in a victim, and a working attack finds them."""

import pytest
import torch
from torch import nn

from mishear.attacks.norms import norm_values
from mishear.defences.defended import DefendedVictim
from mishear.defences.filters import AverageSmoothing
from mishear.defences.smoothing import RandomisedSmoothing
from mishear.evaluation.binarisation_test import Planting, found, last_layer, plant
from mishear.training.building import Reordered
from tests.unit.attacks.victims import BOUNDS, spectrograms, victim

pytestmark = pytest.mark.usefixtures("one_thread")

PGD = {
    "class": "LinfPGD",
    "params": {"rel_stepsize": 0.1, "steps": 30},
    "restarts": 1,
    "targets": "untargeted",
}
NO_STEP = PGD | {"params": {"rel_stepsize": 1e-4, "steps": 1}}
TEST = Planting(2.0, "linf", BOUNDS)


def planted_behind(*defences, test=TEST, network=None):
    return plant(DefendedVictim(network or victim(), defences).eval(), spectrograms(0, 8), test)


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("defences", [[], [AverageSmoothing(BOUNDS)]])
def test_the_planted_examples_are_known_to_exist(norm, defences):
    test = Planting(2.0 if norm == "linf" else 60.0, norm, BOUNDS)
    planted = planted_behind(*defences, test=test)
    assert len(planted.rows) == len(planted.recordings) == len(planted.at_random) > 0
    sizes = norm_values(planted.examples - planted.recordings, norm)
    assert (sizes <= test.eps * (1 + 1e-5)).all()
    assert (planted.victim.predict(planted.recordings, 0) == 0).all()
    assert (planted.victim.predict(planted.examples, 0) == 1).all()
    assert planted.victim(planted.recordings).shape[1] == 4, "losses that need four classes work"


def test_a_working_attack_finds_them_and_one_that_does_not_move_finds_none():
    planted = planted_behind()
    assert found(PGD, planted, TEST, TEST.eps).all()
    assert not found(NO_STEP, planted, TEST, TEST.eps).any()
    assert not planted.at_random.any()


def test_a_gradient_that_is_cut_off_lets_an_attack_find_none():
    class Cut(AverageSmoothing):
        def transform(self, spectrograms):
            return super().transform(spectrograms.detach()) + 0 * spectrograms

    planted = planted_behind(Cut(BOUNDS))
    assert not found(PGD, planted, TEST, TEST.eps).any()


def test_a_minimum_that_is_larger_than_the_planted_example_does_not_count():
    free = PGD | {"class": "L2DeepFoolAttack", "params": {}}
    near, far = Planting(60.0, "l2", BOUNDS), Planting(0.01, "l2", BOUNDS)
    planted = planted_behind(test=near)
    assert found(free, planted, near, float("inf")).all()
    assert not found(free, planted, far, float("inf")).any()


def test_a_random_defence_is_planted_in_as_well():
    smoothing = RandomisedSmoothing(BOUNDS, sigma=1.0, votes=5, gradient_samples=4)
    assert planted_behind(smoothing) is not None


def test_attacks_may_work_on_any_part_of_a_batch():
    planted = planted_behind()
    order = torch.arange(len(planted.recordings)).flip(0)[:3]
    whole = planted.victim(planted.examples)
    assert torch.allclose(planted.victim(planted.examples[order]), whole[order], atol=1e-4)


def test_nothing_is_planted_where_it_is_not_possible():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.network = victim()

        def forward(self, inputs):
            return 100 * self.network(inputs)

    assert planted_behind(network=Scaled().eval()) is None
    assert planted_behind(test=Planting(2.0, "l1", BOUNDS)) is None
    assert last_layer(nn.Flatten(), spectrograms(0, 1)) is None
    network = victim()
    assert last_layer(network, spectrograms(0, 1)) is network.classifier


def test_examples_are_planted_in_a_network_whose_outputs_are_put_into_another_order():
    trained = victim()
    classes = trained.classifier.out_features
    reordered = Reordered(trained, list(range(classes))[::-1]).eval()
    assert last_layer(reordered, spectrograms(0, 1)) is trained.classifier
    planted, expected = planted_behind(network=reordered), planted_behind(network=trained)
    assert torch.equal(planted.examples, expected.examples)
