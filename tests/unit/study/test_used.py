"""A study uses what its report is made from, and all that this is made from."""

import pytest

from mishear.config.loading import load
from mishear.study import paths
from mishear.study.identity import Store
from mishear.study.plan import Plan
from mishear.study.used import used, used_files
from tests.unit.study.configs import FLIPS, NOISE, PLAIN, VICTIM, config, raw

RECIPES = PLAIN | {
    "noise": {"poison": NOISE | {"detectors": ["finder"]}},
    "flips": {"poison": FLIPS},
}
EVERYTHING = {
    "attacks": ["pgd", "cw", "fgsm", "wave"],
    "defences": ["none", "median", "smoothed"],
    "corruptions": ["phone"],
    "seeds": [0, 1],
    "listening": {"recognisers": ["ear"], "inversion": {"attacks": ["pgd"]}},
    "transfer": {"attacks": ["pgd"]},
    "targeted": {"attacks": ["pgd"], "recordings": 3},
}


@pytest.fixture
def plan():
    found = raw(
        RECIPES,
        detectors={"finder": {"class": "NeighbourDisagreement"}},
        recognisers={"ear": {"class": "PocketSphinx"}},
        **EVERYTHING,
    )
    return Plan(load(found | {"corruptions": {"phone": {"class": "Telephone"}}}))


def test_a_study_of_everything_uses_every_kind_of_file_but_those_of_other_libraries(plan):
    kinds = {job[0] for job in used(plan).jobs}
    assert kinds == {
        *("corpus", "split", "waveforms", "spectrograms", "poisoned", "victim", "detection"),
        *("evaluation", "check", "baselines", "certificate", "corrupted", "transfer", "targeted"),
        *("inversion", "clean_sound", "round_trip", "poisoned_sound", "quality", "transcripts"),
    }
    assert all(each.startswith("results/reports/s/") for each in used(plan).others)


def test_what_it_uses_is_made_from_what_it_uses(plan):
    store, found = Store(plan), used(plan)
    for path in set(used_files(plan)):
        if kept := store.kept(path):
            assert kept.job in found.jobs
        for needed in store.inputs(path):
            assert store.kept(needed).job in found.jobs


def test_a_seed_less_is_used_less():
    weights = paths.WEIGHTS.format(**VICTIM | {"seed": "1"})
    one, two = (Plan(config(PLAIN, seeds=seeds)) for seeds in ([0], [0, 1]))
    job = Store(one).kept(weights).job
    assert job == Store(two).kept(weights).job
    assert job in used(two).jobs
    assert job not in used(one).jobs
