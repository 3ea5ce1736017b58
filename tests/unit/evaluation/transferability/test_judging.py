"""A victim judged on its own examples has the results of the attack on it."""

import numpy as np
import pytest
import torch
from torch import nn

from mishear.attacks.judging import Threat
from mishear.defences.defended import DefendedVictim
from mishear.defences.loading import LoadedVictim
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import Results
from mishear.evaluation.transferability.examples import Examples
from mishear.evaluation.transferability.judging import judge_examples
from mishear.runtime.batching import Batches
from tests.unit.evaluation.conftest import CPU

pytestmark = pytest.mark.usefixtures("one_thread")

BOUNDS = (-80.0, 0.0)
PGD = {"class": "foolbox.attacks.LinfPGD", "params": {"steps": 5}}
PGD |= {"restarts": 1, "targets": "untargeted"}
BATCHES = Batches(seed=0, size=3, device=CPU)
KEYS = {"source_front_end": "mel", "source_network": "net", "source_recipe": "standard"}
KEYS |= {"source_seed": 0, "eps": 12.0}


def model(seed):
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Flatten(), nn.Linear(24, 3)).eval().requires_grad_(False)
    return DefendedVictim(network)


@pytest.fixture
def recordings(division):
    """The test recordings of the division; it has the classes the model of seed 0 predicts."""
    inputs = np.random.default_rng(0).uniform(-60, -20, (12, 1, 4, 6)).astype(np.float32)
    targets = model(0).predict(torch.from_numpy(inputs), 0).numpy()
    rows = division.rows("test")
    names = division.recordings[rows]
    return Recordings(names, rows, inputs.__getitem__, targets[rows], division.classes)


@pytest.fixture
def examples(recordings):
    threat = Threat.of(PGD, 12.0, BOUNDS)
    rows, adversarial = attack_recordings(
        model(0), PGD, recordings, threat, BATCHES, keep_examples=True
    )
    changed = np.concatenate(adversarial)
    return Examples(KEYS, Results(rows), recordings.inputs, changed.__getitem__)


def judged(number, division, *sources):
    victim = LoadedVictim(model(number), division, BOUNDS, CPU)
    return list(judge_examples(victim, sources, lambda values, _: values, BATCHES))


def test_judged_on_itself_a_source_model_has_its_own_results(division, examples):
    rows = judged(0, division, examples)
    own = examples.results
    assert [row["recording"] for row in rows] == own.column("recording")
    for column in ("label", "clean_prediction", "adversarial_prediction"):
        assert [row[column] for row in rows] == own.column(column)
    assert [row["source_clean_prediction"] for row in rows] == own.column("clean_prediction")
    assert own.success.any()
    assert all(row | KEYS == row for row in rows)


def test_another_victim_is_judged_by_what_it_predicts(division, examples, recordings):
    rows = judged(1, division, examples)
    for column, read in (
        ("clean_prediction", recordings.inputs),
        ("adversarial_prediction", examples.adversarial),
    ):
        inputs = torch.from_numpy(read(slice(0, len(recordings))))
        predicted = [division.classes[number] for number in model(1).predict(inputs, 0).tolist()]
        assert [row[column] for row in rows] == predicted
    assert [row["source_clean_prediction"] for row in rows] == [row["label"] for row in rows]


def test_clean_recordings_of_each_front_end_are_classified_as_it_takes_them(division, examples):
    def silent(part):
        return np.zeros((len(range(*part.indices(4))), 1, 4, 6), np.float32)

    other = Examples(
        KEYS | {"source_front_end": "mel2"}, examples.results, silent, examples.adversarial
    )
    rows = judged(1, division, examples, other)
    of_silence = division.classes[int(model(1).predict(torch.zeros(1, 1, 4, 6), 0))]
    assert {row["clean_prediction"] for row in rows[4:]} == {of_silence}
    assert rows[:4] == judged(1, division, examples)
