"""Every recording is attacked once for every class that is not its own, and rates are counts."""

import numpy as np
import pytest
import torch
from torch import nn

from mishear.core.statistics import over_victims_of
from mishear.core.tables.base import described
from mishear.core.tables.targeted import TARGETED, TARGETED_RESULTS
from mishear.defences.defended import DefendedVictim
from mishear.defences.loading import LoadedVictim
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.evaluation.targeted import (
    aimed_at_every_class,
    on_inputs,
    on_waveforms,
    success_rates,
)
from mishear.runtime.batching import Batches
from tests.unit.conftest import result_row
from tests.unit.evaluation.conftest import CPU

pytestmark = pytest.mark.usefixtures("one_thread")

CLASSES = ["a", "b", "c"]
PGD = {"class": "foolbox.attacks.LinfPGD", "params": {"steps": 20, "rel_stepsize": 0.1}}
PGD |= {"restarts": 1, "targets": "untargeted", "budget": "snr"}
BATCHES = Batches(seed=0, size=4, device=CPU)
SPEAKERS = {"digits": SpeakersOfTest({}, frozenset())}
KEYS = {
    "corpus": "digits",
    "front_end": "mel",
    "network": "net",
    "recipe": "standard",
    "fold": None,
}
KEYS |= {"attack": "pgd", "domain": "spectrogram", "budget": "eps", "eps": 1.0}


def linear(features):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(features, 3)).eval().requires_grad_(False)
    return LoadedVictim(DefendedVictim(network), None, (-80.0, 0.0), CPU)


def recordings(victim, values):
    targets = victim.model.predict(torch.from_numpy(values), 0).numpy()
    names = np.array([f"{number}.wav" for number in range(len(values))])
    return Recordings(names, np.arange(len(values)), values.__getitem__, targets, CLASSES)


def check(rows, given, reached):
    pairs = {(row["recording"], row["target"]) for row in rows}
    labels = dict(zip(given.names, np.array(CLASSES)[given.targets], strict=True))
    assert pairs == {(n, aim) for n, label in labels.items() for aim in CLASSES if aim != label}
    assert len(rows) == len(pairs)
    for row in rows:
        assert row["label"] == labels[row["recording"]]
        assert row["success"] == (row["adversarial_prediction"] == row["target"])
    assert any(row["success"] for row in rows)
    firsts = {}
    for row in rows:
        if row["success"]:
            firsts.setdefault((row["label"], row["target"]), row["recording"])
    assert {each.pair: each.recording for each in reached} == firsts


def test_inputs_are_aimed_at_every_other_class(tmp_path):
    victim = linear(24)
    values = np.random.default_rng(0).uniform(-60, -20, (9, 1, 4, 6)).astype(np.float32)
    given = recordings(victim, values)
    attack = on_inputs(victim, PGD, 25.0, BATCHES)
    rows, reached = aimed_at_every_class(attack, given)
    check(rows, given, reached)
    for each in reached:
        predicted = victim.model.predict(torch.from_numpy(each.adversarial[None]), 0)
        assert CLASSES[int(predicted)] == each.target
    assert np.mean([row["success"] for row in rows]) > 0.9
    TARGETED_RESULTS.write(rows, tmp_path / "results.csv")


def test_waveforms_are_aimed_at_every_other_class():
    victim = linear(64)
    values = np.random.default_rng(0).uniform(-0.5, 0.5, (9, 64)).astype(np.float32)
    given = recordings(victim, values)
    attack = on_waveforms(victim, PGD, 0.0, nn.Flatten(), BATCHES)
    rows, reached = aimed_at_every_class(attack, given)
    check(rows, given, reached)
    assert {each.adversarial.dtype.name for each in reached} == {"int16"}
    assert all(row["snr_db"] >= -1e-3 for row in rows)


def row(name, predicted, target="b", clean="a", label="a"):
    found = result_row(name, label, clean, predicted, target=target)
    return found | {"success": predicted == target if clean == label else None}


FIRST = [row("1", "b"), row("2", "c"), row("3", "b", clean="c"), row("1", "c", target="c")]
SECOND = [row("2", "b"), row("1", "b"), row("3", "b"), row("1", "a", target="c")]


@pytest.fixture
def rates(tmp_path):
    """A function that gives the rates of tables, each a seed, its rows and more keys, by pair."""

    def found(*tables):
        keys, files = [], []
        for number, (seed, rows, more) in enumerate(tables):
            files.append(tmp_path / f"{number}.csv")
            TARGETED_RESULTS.write(rows, files[-1])
            keys.append(KEYS | {"seed": seed} | more)
        made = list(success_rates(described(keys, files), SPEAKERS))
        TARGETED.write(made, tmp_path / "targeted.csv")
        return {(each["label"], each["target"]): each for each in made}

    return found


def test_a_rate_is_of_what_was_correct_when_clean(rates):
    found = rates((0, FIRST, {}))
    assert found.keys() == {("a", "b"), ("a", "c")}
    assert (found["a", "b"]["n"], found["a", "b"]["tried"]) == (3, 2)
    assert found["a", "b"]["success_rate"] == 0.5
    assert found["a", "c"]["success_rate"] == 1


def test_seeds_are_what_intervals_are_over(rates):
    found = rates((0, FIRST, {}), (1, SECOND, {}))["a", "b"]
    hits = np.array([[True, False, False], [True, True, True]])
    trials = np.array([[True, True, False], [True, True, True]])
    expected = over_victims_of(hits, trials)
    assert (found["success_rate"], found["success_low"], found["success_high"]) == expected
    assert found["seeds"] == 2


def test_folds_are_pooled(rates):
    pooled = rates((0, FIRST[:1], {"fold": 0}), (0, FIRST[1:3], {"fold": 1}))
    assert pooled["a", "b"] == rates((0, FIRST[:3], {}))["a", "b"]
