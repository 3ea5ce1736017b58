"""Recordings are classified as they are and poisoned, with what the poison changed beside it."""

import math

import numpy as np
import pytest

from mishear.defences.defended import DefendedVictim
from mishear.evaluation.poisoned import compare_poisoned
from mishear.evaluation.results import Results
from mishear.runtime.batching import Batches
from tests.unit.evaluation.conftest import CLASSES, CPU, recordings_of

pytestmark = pytest.mark.usefixtures("one_thread")

BATCHES = Batches(0, 7, CPU)


def shifted(planted):
    """The recordings, moved to the next class each."""
    from dataclasses import replace

    targets = (planted.labels + 1) % 10
    return recordings_of(replace(planted, recordings=planted.adversarial(targets, 0.9)))


def test_a_poison_of_labels_changes_no_recording(victim, planted):
    clean = recordings_of(planted)
    results = Results(compare_poisoned(victim, clean, clean, None, None, BATCHES))
    assert results.correct_clean.all() and results.correct_adversarial.all()
    assert set(results.column("linf")) == set(results.column("l2")) == {0}
    assert set(results.column("snr_db")) == set(results.column("si_sdr_db")) == {None}


def test_norms_are_those_of_the_waveform(victim, planted):
    clean = recordings_of(planted)
    told = {
        name: {"linf": number / 100, "l2": number / 10, "snr_db": 20.0 - number}
        | {"si_sdr_db": 26.0 - number}
        for number, name in enumerate(clean.names.tolist())
    }
    rows = compare_poisoned(victim, clean, shifted(planted), told, None, BATCHES)
    results = Results(rows)
    assert results.success.all()
    assert results.column("snr_db") == [20.0 - number for number in range(len(clean))]
    assert results.column("si_sdr_db") == [26.0 - number for number in range(len(clean))]
    assert results.column("l2")[3] == pytest.approx(0.3)


def test_a_poison_with_a_target_succeeds_where_its_class_is_predicted(victim, planted):
    clean = recordings_of(planted)
    aims = np.full(len(clean), "3")
    results = Results(compare_poisoned(victim, clean, shifted(planted), None, aims, BATCHES))
    labels = [CLASSES[target] for target in clean.targets]
    assert results.tried.tolist() == [label != "3" for label in labels]
    assert results.success.tolist() == [label == "2" for label in labels]


class Noting(DefendedVictim):
    """Notes the seeds of its predictions, by the first value of what it is given."""

    def __init__(self, network):
        super().__init__(network)
        self.seeds = {}

    def predict(self, spectrograms, seed):
        self.seeds.setdefault(spectrograms.flatten()[0].item(), set()).add(seed)
        return super().predict(spectrograms, seed)


def test_every_batch_has_seeds_of_its_own(planted):
    victim, clean = Noting(planted.network), recordings_of(planted)
    compare_poisoned(victim, clean, clean, None, None, BATCHES)
    assert len(victim.seeds) == math.ceil(len(clean) / BATCHES.size)
    seeds = [seed for batch in victim.seeds.values() for seed in batch]
    assert len(seeds) == len(set(seeds))
