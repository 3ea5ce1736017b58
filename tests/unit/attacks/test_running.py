"""Perturbations keep to their limits; restarts and targets do what they promise."""

import numpy as np
import pytest
import torch
from foolbox.attacks import (
    L2FastGradientAttack,
    LinfAdditiveUniformNoiseAttack,
    LinfFastGradientAttack,
    LinfPGD,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from mishear.attacks.building import build_attack
from mishear.attacks.judging import ANY, Threat
from mishear.attacks.norms import norm_values
from mishear.attacks.running import attack_batch
from mishear.core.errors import UserError
from mishear.defences.base import Defence
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.attack_unit_test import UnitTest, plant
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import Recordings
from mishear.runtime.batching import Batches
from tests.unit.attacks.victims import BOUNDS, attacked, outcome_of, spectrograms, victim


def attacking(definition, eps, seed=0, count=4):
    """Inputs and the outcome of attacking them."""
    inputs, _, outcome = outcome_of(
        definition["class"], definition["params"], victim(seed=seed), eps, seed, count
    )
    return inputs, outcome


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
    inputs, outcome = attacking({"class": class_name, "params": params}, eps, seed)
    assert outcome.rejected == [""] * len(inputs)
    assert outcome.adversarial.shape == inputs.shape
    sizes = norm_values(outcome.adversarial - inputs, norm)
    assert (sizes <= eps * (1 + 1e-6) + 3e-3).all()
    assert outcome.adversarial.min() >= BOUNDS[0] - 1e-4
    assert outcome.adversarial.max() <= BOUNDS[1] + 1e-4
    assert np.allclose(outcome.linf, norm_values(outcome.adversarial - inputs, "linf"))


def test_same_seed_same_recordings_and_another_seed_others():
    pgd = {"class": "LinfPGD", "params": {"steps": 3}}
    first, again = attacking(pgd, 1.0, 5)[1], attacking(pgd, 1.0, 5)[1]
    assert torch.equal(first.adversarial, again.adversarial)
    model, inputs = victim(seed=5), spectrograms(5, 4)
    labels = model(inputs).argmax(1)
    other = attacked(build_attack(pgd), model, inputs, labels, 1.0, 6)
    assert not torch.equal(first.adversarial, other.adversarial)


def test_a_minimisation_attack_with_an_eps_stays_within_it():
    deepfool = {"class": "L2DeepFoolAttack", "params": {"steps": 5}}
    inputs, outcome = attacking(deepfool, 0.5)
    assert (norm_values(outcome.adversarial - inputs, "l2") <= 0.5 * (1 + 1e-4)).all()


class Overshooting:
    """Returns three times the change that it may make."""

    def run(self, model, inputs, criterion, *, epsilon, **kwargs):
        return super().run(model, inputs, criterion, epsilon=3 * epsilon, **kwargs)


class OvershootingNoise(Overshooting, LinfAdditiveUniformNoiseAttack):
    pass


class OvershootingStep(Overshooting, L2FastGradientAttack):
    pass


@pytest.mark.parametrize("attack", [OvershootingNoise(), OvershootingStep()])
def test_what_an_attack_returns_beyond_eps_is_clipped_to_eps(attack):
    norm = "linf" if isinstance(attack, OvershootingNoise) else "l2"
    model, inputs = victim(), spectrograms(0, 4)
    outcome = attacked(attack, model, inputs, model(inputs).argmax(1), 0.5)
    assert outcome.rejected == [""] * 4
    sizes = norm_values(outcome.adversarial - inputs, norm)
    assert sizes == pytest.approx(np.full(4, 0.5), rel=1e-3)


class Noting:
    """Notes what an attack is asked for."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.inputs, self.aims, self.seeds = [], [], []

    def run(self, model, inputs, criterion, *, epsilon, **kwargs):
        self.inputs.append(inputs)
        self.aims.append(getattr(criterion, "target_classes", None))
        self.seeds.append(torch.initial_seed())
        return super().run(model, inputs, criterion, epsilon=epsilon, **kwargs)


class NotingNoise(Noting, LinfAdditiveUniformNoiseAttack):
    """Succeeds by luck, so that restarts make a difference."""


class NotingPGD(Noting, LinfPGD):
    pass


def on_planted(attack, planted, seed=0, **other):
    outcome = attacked(
        attack, planted.network, planted.recordings, planted.labels, planted.test.eps, seed, **other
    )
    return outcome, outcome.success(planted.labels.numpy())


def test_restarts_go_on_with_the_recordings_still_standing():
    planted = plant(UnitTest((8, 8), BOUNDS, 1.0, "linf", share=0.2, count=200))
    once, first = on_planted(NotingNoise(), planted)
    attack = NotingNoise()
    often, after = on_planted(attack, planted, restarts=4)
    assert 0 < first.sum() < after.sum() < 200
    assert after[first].all()
    assert torch.equal(often.adversarial[first], once.adversarial[first])
    assert torch.equal(often.adversarial[~after], once.adversarial[~after])
    assert (often.linf <= 1.0 + 1e-4).all()
    assert len(attack.inputs) == len(set(attack.seeds)) == 4
    assert torch.equal(attack.inputs[1], planted.recordings[torch.from_numpy(~first)])


def test_no_restart_is_made_when_nothing_stands():
    planted = plant(UnitTest((8, 8), BOUNDS, 1.0, "linf"))
    attack = NotingPGD()
    _, success = on_planted(attack, planted, restarts=5)
    assert success.all()
    assert len(attack.inputs) == 1


def test_recordings_misclassified_before_are_not_attacked_again():
    planted = plant(UnitTest((8, 8), BOUNDS, 1.0, "linf", share=0.9, count=20))
    labels = planted.labels.clone()
    labels[:5] = (labels[:5] + 1) % 10
    attack = NotingNoise()
    attacked(attack, planted.network, planted.recordings, labels, 0.1, restarts=2)
    assert [len(inputs) for inputs in attack.inputs] == [20, 15]


def uneven(count):
    """A planted network whose likeliest wrong class is the last, the least likely the first."""
    planted = plant(UnitTest((8, 8), BOUNDS, 1.0, "linf", share=0.5, count=count))
    planted.network[1].bias += torch.linspace(0, 0.1, 10)
    return planted


def test_the_least_likely_class_is_aimed_at_and_alone_a_success():
    planted = uneven(20)
    attack = NotingPGD()
    outcome, success = on_planted(attack, planted, targets="least-likely")
    expected = (planted.labels == 0).long()
    assert torch.equal(attack.aims[0].raw, expected)
    assert np.array_equal(outcome.target, expected.numpy())
    assert success.all()
    assert np.array_equal(outcome.adversarial_prediction, expected.numpy())


def test_random_targets_are_wrong_classes_that_depend_on_the_seed_alone():
    planted = plant(UnitTest((8, 8), BOUNDS, 1.0, "linf", count=300))
    draws = [on_planted(LinfPGD(steps=1), planted, seed, targets="random") for seed in (0, 0, 1)]
    first, again, other = (outcome.target for outcome, _ in draws)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    offsets = (first - planted.labels.numpy()) % 10
    assert set(offsets) == set(range(1, 10))


def test_every_wrong_class_is_aimed_at_the_likeliest_first_until_one_is_reached():
    planted = uneven(20)
    attack = NotingPGD(rel_stepsize=0.01, steps=1)
    outcome, success = on_planted(attack, planted, targets="every")
    assert not success.any()
    aims = torch.stack([aim.raw for aim in attack.aims], 1)
    order = [[number for number in range(9, -1, -1) if number != own] for own in planted.labels]
    assert aims.tolist() == order
    assert (outcome.target == ANY).all()

    outcome, success = on_planted(LinfPGD(), planted, targets="every", restarts=2)
    assert success.all()
    assert (outcome.target == ANY).all()


@pytest.mark.parametrize("name", ["LinfFastGradientAttack", "mishear.attacks.autoattack.LinfAPGD"])
def test_an_attack_that_cannot_aim_says_so(name):
    attack = build_attack({"class": name, "params": {}})
    with pytest.raises(UserError, match="cannot pursue the goal TargetedMisclassification"):
        on_planted(attack, plant(UnitTest((8, 8), BOUNDS, 1.0, "linf")), targets="random")


@pytest.mark.parametrize(("targets", "aimed"), [("least-likely", True), ("untargeted", False)])
def test_results_name_the_class_aimed_at(targets, aimed):
    planted = uneven(6)
    letters = list("abcdefghij")
    inputs = planted.recordings.numpy()
    recordings = Recordings(
        np.array(list("uvwxyz")), np.arange(6), inputs.__getitem__, planted.labels.numpy(), letters
    )
    definition = {"class": "LinfPGD", "params": {}, "restarts": 2, "targets": targets}
    rows, _ = attack_recordings(
        DefendedVictim(planted.network),
        definition,
        recordings,
        Threat.of(definition, 1.0, BOUNDS),
        Batches(0, 4, torch.device("cpu")),
    )
    assert [row["target"] for row in rows] == (list("baaaaa") if aimed else [""] * 6)
    assert [row["success"] for row in rows] == [1] * 6


def test_a_transfer_attack_changes_what_it_would_on_its_source_and_is_judged_by_the_victim():
    planted = uneven(20)
    recordings, labels = planted.recordings, planted.labels
    evaluated = DefendedVictim(planted.network)
    source = DefendedVictim(nn.Sequential(planted.network, Backwards()))
    threat = Threat(1.0, BOUNDS)
    aimed, own, transferred = (
        attack_batch(victim, LinfFastGradientAttack(), recordings, labels, threat, 0, source)
        for victim, source in ((source, None), (evaluated, None), (evaluated, source))
    )
    assert torch.equal(transferred.adversarial, aimed.adversarial)
    assert not torch.equal(transferred.adversarial, own.adversarial)
    predicted = evaluated.predict(transferred.adversarial, 0).numpy()
    assert np.array_equal(transferred.adversarial_prediction, predicted)
    assert np.array_equal(transferred.clean_prediction, own.clean_prediction)


class Backwards(nn.Module):
    """Swaps the logits, the first for the last."""

    def forward(self, logits):
        return logits.flip(1)


class RandomColumns(Defence):
    """Keeps a random half of the columns of each recording: an attack has to guess which."""

    gradient = "eot"
    gradient_samples = 1

    def transform(self, spectrograms):
        count, _, _, width = spectrograms.shape
        kept = torch.rand(count, 1, 1, width).argsort(-1) < width // 2
        return 2 * spectrograms * kept


class Level(nn.Module):
    """Class 1 where the mean level is above a half of what an attack that knows the draw adds."""

    def forward(self, inputs):
        level = inputs.mean((1, 2, 3))
        return torch.stack([torch.full_like(level, 0.75), level, -1 - level], 1)


SILENT, FIRST = torch.zeros(200, 1, 8, 64), torch.zeros(200, dtype=torch.long)


def test_behind_a_random_defence_the_result_is_by_other_draws_than_the_attacks():
    """By its own draws FGSM breaks every recording, by others next to none."""
    victim = DefendedVictim(Level(), [RandomColumns(BOUNDS)])
    outcome = attack_batch(
        victim, LinfFastGradientAttack(), SILENT, FIRST, Threat(1.0, BOUNDS), seed=3
    )
    torch.manual_seed(3)
    assert (victim(outcome.adversarial).argmax(1) == 1).all()
    assert outcome.success(FIRST.numpy()).mean() < 0.05
    others = torch.stack([victim.predict(outcome.adversarial, seed) for seed in range(100, 120)])
    independent = float((others == 0).double().mean())
    assert (outcome.adversarial_prediction == 0).mean() == pytest.approx(independent, abs=0.05)


class NotingVictim(DefendedVictim):
    """Notes by which draws it predicts."""

    seeds: list[int]

    def predict(self, spectrograms, seed):
        self.seeds.append(seed)
        return super().predict(spectrograms, seed)


@pytest.mark.parametrize("restarts", [1, 3])
def test_draws_that_choose_between_attempts_are_not_those_that_are_reported(restarts):
    victim = NotingVictim(Level())
    victim.seeds = []
    # Too small to succeed: every attempt is made at every recording.
    threat = Threat(0.1, BOUNDS, restarts=restarts)
    attack_batch(victim, LinfAdditiveUniformNoiseAttack(), SILENT[:3], FIRST[:3], threat, seed=3)
    # The clean and the adversarial recordings are predicted by the same draws.
    assert victim.seeds[::2] == victim.seeds[1::2]
    *chosen_by, reported = victim.seeds[::2]
    assert reported == 3
    assert len(chosen_by) == (restarts if restarts > 1 else 0)
    assert len({*chosen_by, reported}) == len(chosen_by) + 1


def test_classes_to_aim_at_do_not_depend_on_what_was_drawn_before():
    victim = DefendedVictim(Level(), [RandomColumns(BOUNDS)])
    inputs = -0.5 + torch.randn(SILENT.shape, generator=torch.Generator().manual_seed(0))
    found = []
    for before in (0, 1):
        torch.manual_seed(before)
        threat = Threat(0.5, BOUNDS, targets="least-likely")
        attack = LinfPGD(steps=1, random_start=False)
        found.append(attack_batch(victim, attack, inputs, FIRST, threat, seed=3).adversarial)
    assert torch.equal(*found)


class Misleading(Defence):
    """Has a surrogate that leads uphill, then one that leads down."""

    gradient = "bpda"

    def __init__(self, bounds, order=(-1, 1)):
        super().__init__(bounds)
        self.order = order

    def transform(self, spectrograms):
        return spectrograms.detach()

    def surrogates(self):
        return {f"times {sign}": (lambda x, sign=sign: sign * x) for sign in self.order}


def attacked_behind(defence, name, eps, restarts=1, **params):
    inputs = spectrograms(0)
    model = victim()
    labels = model(inputs).argmax(1)
    defended = DefendedVictim(model, [defence]).eval()
    attack = build_attack({"class": name, "params": params})
    outcome = attack_batch(defended, attack, inputs, labels, Threat(eps, BOUNDS, restarts), 0)
    return outcome.success(labels.numpy()), outcome.l2


def test_an_attack_is_run_through_every_surrogate_and_the_best_counts():
    """The good surrogate finds as much whichever place it has."""
    uphill, downhill, first, last = (
        attacked_behind(Misleading(BOUNDS, order), "LinfPGD", 3.0, steps=20)[0].sum()
        for order in ((-1,), (1,), (1, -1), (-1, 1))
    )
    assert uphill < downhill <= min(first, last)


def test_without_a_limit_the_smallest_change_counts():
    sizes = {
        order: attacked_behind(Misleading(BOUNDS, order), "L2DeepFoolAttack", np.inf)
        for order in ((1,), (-1, 1), (1, -1))
    }
    alone, size = sizes[1,]
    assert alone.any()
    for order in ((-1, 1), (1, -1)):
        success, found = sizes[order]
        assert success[alone].all()
        assert (found[alone] <= size[alone] * (1 + 1e-4)).all()


def test_an_attack_without_a_gradient_has_no_use_for_surrogates():
    asked = []

    class Noting(Misleading):
        def transform(self, spectrograms):
            asked.append(len(spectrograms))
            return spectrograms.detach()

    def queries(order):
        asked.clear()
        square = "mishear.attacks.autoattack.LinfSquare"
        attacked_behind(Noting(BOUNDS, order), square, 0.1, queries=5)
        return len(asked)

    assert queries((1,)) == queries((1, -1))
