"""Evaluations under attacks: a row per recording, the same however they are divided."""

import numpy as np
import pytest
from torch import nn

from mishear.attacks.judging import Threat
from mishear.core.tables.evaluation import RESULTS
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.inputs import attack_recordings, attack_standing
from mishear.evaluation.results import Results
from mishear.runtime.batching import Batches
from tests.unit.evaluation.conftest import BOUNDS, CPU, recordings_of

pytestmark = pytest.mark.usefixtures("one_thread")

PGD = {
    "class": "LinfPGD",
    "params": {"steps": 20, "rel_stepsize": 0.1},
    "restarts": 1,
    "targets": "untargeted",
}


@pytest.fixture
def attacked(victim, planted):
    """A function that attacks recordings of the planted network."""

    def run(eps=0.95, rows=slice(None), size=10, first=0, **other):
        batches = Batches(3, size, CPU, first)
        recordings = recordings_of(planted, rows)
        return attack_recordings(
            victim, PGD, recordings, Threat.of(PGD, eps, BOUNDS), batches, **other
        )

    return run


def columns(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def test_what_is_attackable_is_attacked(attacked):
    strong, weak = (Results(attacked(eps)[0]) for eps in (0.95, 0.5))
    assert strong.correct_clean.all() and strong.tried.all()
    assert strong.success.all() and not strong.correct_adversarial.any()
    assert not weak.success.any() and weak.correct_adversarial.all()
    assert max(strong.column("linf")) <= 0.95 * (1 + 1e-5)


def test_a_row_has_the_columns_of_the_table(attacked, tmp_path):
    rows, _ = attacked()
    RESULTS.write(rows, tmp_path / "eps0.95.csv")
    read = RESULTS.read(tmp_path / "eps0.95.csv")
    told = ("recording", "label", "clean_prediction", "adversarial_prediction", "success")
    assert columns(read, *told) == columns(rows, *told)
    assert {row["device"] for row in read} == {"cpu"}
    assert {row["snr_db"] for row in read} == {None}


def test_shards_have_the_rows_of_one_job(attacked):
    told = ("recording", "adversarial_prediction", "linf", "l2")
    whole, _ = attacked()
    shards = [attacked(rows=slice(first, first + 20), first=first)[0] for first in (0, 20, 40)]
    assert columns(sum(shards, []), *told) == columns(whole, *told)


def test_inputs_are_kept_only_if_asked_for(attacked, planted):
    assert attacked()[1] == []
    rows, kept = attacked(keep_examples=True)
    adversarial = np.concatenate(kept)
    assert adversarial.shape == planted.recordings.shape
    change = np.abs(adversarial - planted.recordings.numpy()).max(axis=(1, 2, 3))
    assert change == pytest.approx([row["linf"] for row in rows], abs=1e-4)


def test_a_transfer_attack_knows_the_source_alone(attacked, planted):
    """A source that is never wrong about its own inputs teaches the attack nothing."""
    blind = nn.Sequential(nn.Flatten(), nn.Linear(planted.recordings[0].numel(), 10))
    rows, _ = attacked(source=DefendedVictim(blind.eval().requires_grad_(False)))
    assert not Results(rows).success.all()


def test_an_attack_that_continues_others_attacks_what_they_left_and_takes_over_the_rest(
    attacked, victim, planted
):
    rows, _ = attacked()
    first, second = ([dict(row) for row in rows] for _ in range(2))
    for number, row in enumerate(first):
        if number >= 10:
            row["adversarial_prediction"] = row["label"]
    for number, row in enumerate(second):
        if number % 2:
            row["adversarial_prediction"] = row["label"]
        row["l2"] = 77.0
    recordings, threat = recordings_of(planted), Threat.of(PGD, 0.95, BOUNDS)
    batches = Batches(3, 60, CPU)
    earlier = [Results(first), Results(list(reversed(second)))]
    found = attack_standing(victim, PGD, recordings, threat, batches, earlier)
    assert columns(found, "recording") == columns(rows, "recording")
    standing = [row for row in range(60) if row >= 10 and row % 2]
    assert {row for row in range(60) if found[row]["seconds"] > 0} == set(standing)
    assert [found[row] | {"seconds": 0} for row in range(10)] == [
        first[row] | {"seconds": 0} for row in range(10)
    ]
    assert all(found[row]["l2"] == 77 for row in range(10, 60, 2))
    assert not Results(found).correct_adversarial.any()


def test_where_nothing_is_left_nothing_is_attacked(attacked, victim, planted):
    rows, _ = attacked()
    recordings, threat = recordings_of(planted), Threat.of(PGD, 0.95, BOUNDS)
    batches = Batches(3, 60, CPU)
    found = attack_standing(victim, PGD, recordings, threat, batches, [Results(rows)])
    assert found == [row | {"seconds": 0.0} for row in rows]
