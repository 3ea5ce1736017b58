"""A defended victim: majority of votes, mean over draws, chains in their order."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from mishear.core.random_streams import derived_seed
from mishear.defences.defended import DefendedVictim, NoScore, count_votes
from mishear.defences.filters import AverageSmoothing, FeatureSqueezing
from mishear.defences.smoothing import RandomisedSmoothing
from tests.unit.defences.examples import BOUNDS, Folded


def random_victim(victim, **params):
    return DefendedVictim(victim, [RandomisedSmoothing(BOUNDS, **{"sigma": 20, **params})])


def test_a_random_prediction_is_the_seeds(victim, batch):
    defended = random_victim(victim, votes=3)
    many = batch.repeat(20, 1, 1, 1)
    one, again, other = (defended.predict(many, seed) for seed in (5, 5, 6))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_a_prediction_leaves_torchs_random_state_alone(victim, seed):
    spectrograms = torch.zeros(2, 1, 16, 16)
    torch.manual_seed(11)
    before = torch.get_rng_state()
    random_victim(victim, votes=2).predict(spectrograms, seed)
    assert torch.equal(torch.get_rng_state(), before)


def test_votes_are_counted(victim, batch):
    torch.manual_seed(3)
    model = nn.Sequential(RandomisedSmoothing(BOUNDS, 20), victim)
    with torch.no_grad():
        counted = count_votes(model, batch, 25)
        torch.manual_seed(3)
        filtered = torch.stack([model(batch).argmax(1) for _ in range(25)])
    assert counted.dtype == torch.int64
    assert (counted.sum(1) == 25).all()
    for recording in range(len(batch)):
        assert torch.equal(counted[recording], filtered[:, recording].bincount(minlength=4))


def test_a_prediction_is_the_majority(victim, batch):
    defended = random_victim(victim, votes=25)
    torch.manual_seed(derived_seed(9, "prediction"))
    with torch.no_grad():
        counted = count_votes(defended.behind, batch, 25)
    assert torch.equal(defended.predict(batch, seed=9), counted.argmax(1))


def test_a_prediction_is_not_by_the_draws_of_an_attack_with_its_seed(victim, batch):
    """The attack would otherwise know by which noise it is judged."""
    defended = random_victim(victim, votes=1)
    many = batch.repeat(20, 1, 1, 1)
    torch.manual_seed(7)
    with torch.no_grad():
        seen = defended(many).argmax(1)
    assert not torch.equal(defended.predict(many, seed=7), seen)


def test_an_attacker_of_a_random_defence_sees_the_mean_of_its_draws(victim, batch):
    """Up to a constant, which changes neither a prediction nor a gradient."""
    defended = random_victim(victim, gradient_samples=5)
    torch.manual_seed(4)
    inputs = batch.clone().requires_grad_()
    logits = defended(inputs)
    logits.log_softmax(1)[:, 1].sum().backward()
    torch.manual_seed(4)
    again = batch.clone().requires_grad_()
    mean = torch.stack([defended.behind(again).softmax(1) for _ in range(5)]).mean(0)
    mean.log()[:, 1].sum().backward()
    difference = logits - mean.log()
    assert torch.allclose(difference, difference[:, :1].expand_as(difference), atol=1e-4)
    assert torch.allclose(inputs.grad, again.grad, rtol=1e-3, atol=1e-7)


def test_without_defences_the_victim_is_itself(victim, batch):
    defended = DefendedVictim(victim)
    assert torch.equal(defended(batch), victim(batch))
    assert torch.equal(defended.predict(batch, seed=0), victim(batch).argmax(1))


def test_a_chain_is_applied_in_its_order(victim, batch):
    average, squeezing = AverageSmoothing(BOUNDS), FeatureSqueezing(BOUNDS, 2)
    for chain in ([average, squeezing], [squeezing, average]):
        filtered = chain[1](chain[0](batch))
        assert torch.equal(DefendedVictim(victim, chain)(batch), victim(filtered))
        assert torch.equal(
            DefendedVictim(victim, chain).predict(batch, 0), victim(filtered).argmax(1)
        )
    assert not torch.equal(squeezing(average(batch)), average(squeezing(batch)))


def test_a_chain_passes_its_gradient_through_every_member(victim, batch):
    chain = [Folded(BOUNDS), AverageSmoothing(BOUNDS)]
    inputs = batch.clone().requires_grad_()
    DefendedVictim(victim, chain)(inputs)[:, 0].sum().backward()
    filtered = chain[0](batch).requires_grad_()
    victim(chain[1](filtered))[:, 0].sum().backward()
    expected = filtered.grad * torch.cos(batch / 10)
    assert torch.allclose(inputs.grad, expected, rtol=1e-3, atol=1e-7)


class NotANumber(nn.Module):
    """Gives NaN as one score of the third recording."""

    def forward(self, spectrograms):
        logits = torch.arange(4.0).repeat(len(spectrograms), 1)
        logits[2, 1] = torch.nan
        return logits


@pytest.mark.parametrize("defences", [[], [RandomisedSmoothing(BOUNDS, sigma=1, votes=3)]])
def test_a_score_that_is_no_number_is_no_prediction(batch, defences):
    with pytest.raises(NoScore, match="NaN as a score for recording 3 of a batch") as error:
        DefendedVictim(NotANumber(), defences).predict(batch, seed=0)
    assert error.value.row == 2
