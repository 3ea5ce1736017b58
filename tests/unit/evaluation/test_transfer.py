"""Adversarial inputs of a source model are judged as they are on another victim."""

import numpy as np
import pytest
import torch
from torch import nn

from mishear.attacks.judging import Threat
from mishear.core.errors import UserError
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import Results, read_examples, write_examples
from mishear.evaluation.transfer import Transferred, judge_transferred
from mishear.runtime.batching import Batches

BATCHES = Batches(seed=0, size=4, device=torch.device("cpu"))
BOUNDS = (-80.0, 0.0)
EPS = 12.0
PGD = {"class": "foolbox.attacks.LinfPGD", "params": {"steps": 5}}
PGD |= {"restarts": 1, "targets": "untargeted"}
CLASSES = ["one", "three", "two"]


def victim(seed):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Flatten(), nn.Linear(24, 3)).eval().requires_grad_(False)
    return DefendedVictim(network)


@pytest.fixture(scope="module")
def recordings():
    """Ten recordings, with the classes that the victim of seed 0 predicts for them."""
    inputs = np.random.default_rng(0).uniform(-60, -20, (10, 1, 4, 6)).astype(np.float32)
    targets = victim(0).predict(torch.from_numpy(inputs), 0).numpy()
    names = np.array([f"{number}.wav" for number in range(10)])
    return Recordings(names, np.arange(10), inputs.__getitem__, targets, CLASSES)


def attacked(model, recordings, targets="untargeted"):
    """An evaluation of a model, and the adversarial inputs it keeps."""
    definition = PGD | {"targets": targets}
    threat = Threat.of(definition, EPS, BOUNDS)
    rows, adversarial = attack_recordings(
        model, definition, recordings, threat, BATCHES, keep_examples=True
    )
    return Transferred(np.concatenate(adversarial), Results(rows))


def judged(model, recordings, transferred):
    return Results(judge_transferred(model, recordings, transferred, BATCHES))


@pytest.mark.parametrize("targets", ["untargeted", "random"])
def test_judged_on_the_source_model_itself_the_results_are_its_own(recordings, targets):
    transferred = attacked(victim(0), recordings, targets)
    found = judged(victim(0), recordings, transferred)
    for column in RESULT_COLUMNS:
        assert found.column(column) == transferred.results.column(column), column
    assert found.success.any()


RESULT_COLUMNS = (
    "recording",
    "label",
    "target",
    "clean_prediction",
    "adversarial_prediction",
    "success",
    "linf",
    "l2",
    "rejected",
)


def test_another_victim_is_judged_by_what_it_predicts(recordings):
    transferred = attacked(victim(0), recordings)
    found = judged(victim(1), recordings, transferred)
    inputs = torch.from_numpy(transferred.adversarial)
    predicted = [CLASSES[number] for number in victim(1).predict(inputs, 0).tolist()]
    assert found.column("adversarial_prediction") == predicted
    assert found.column("linf") == transferred.results.column("linf")
    wrong = [row["clean_prediction"] != row["label"] for row in found.rows]
    assert any(wrong)
    assert [row["success"] is None for row in found.rows] == wrong


def test_kept_inputs_are_read_as_they_were_written(recordings, tmp_path):
    transferred = attacked(victim(0), recordings)
    path = tmp_path / "examples.npz"
    write_examples(recordings, [transferred.adversarial], transferred.results.rows, path)
    assert np.array_equal(read_examples(path, recordings.names), transferred.adversarial)
    with pytest.raises(UserError, match=r"other recordings than the test split\. Delete it"):
        read_examples(path, recordings.names[:-1])


def test_results_are_taken_in_the_order_of_the_names(recordings):
    results = attacked(victim(0), recordings).results
    backwards = results.of(recordings.names[::-1])
    assert backwards.column("recording") == recordings.names[::-1].tolist()


class Noting(DefendedVictim):
    """Notes the seeds of its predictions, by the first value of what it is given."""

    def __init__(self, network):
        super().__init__(network)
        self.seeds = {}

    def predict(self, spectrograms, seed):
        self.seeds.setdefault(spectrograms.flatten()[0].item(), set()).add(seed)
        return super().predict(spectrograms, seed)


def test_every_batch_has_seeds_of_its_own(recordings):
    results = attacked(victim(0), recordings).results
    evaluated = Noting(victim(1).network)
    judged(evaluated, recordings, Transferred(recordings.inputs(), results))
    assert len(evaluated.seeds) == 3
    seeds = [seed for batch in evaluated.seeds.values() for seed in batch]
    assert len(seeds) == len(set(seeds))
