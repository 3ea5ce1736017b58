"""The files that the jobs of corpora and features read."""

import pytest

from mishear.study import feature_inputs, inputs, paths
from mishear.study.plan import Plan
from tests.unit.study.configs import ATTACKS, NOISE, PLAIN, VICTIM, config

RECIPES = PLAIN | {"noise": {"poison": NOISE}}


@pytest.fixture
def plan():
    return Plan(config(RECIPES, attacks=ATTACKS, defences={"median": {"class": "MedianSmoothing"}}))


def named(**names):
    return VICTIM | {"defence": "none", "attack": "pgd", "eps": "0.5"} | names


def test_every_large_file_has_a_file_that_stands_for_it(plan):
    poisoned = named(poison="noise", amplitude="0.01")
    for files in (
        feature_inputs.recordings(plan, named()),
        feature_inputs.waveform_shards(plan, named()),
        feature_inputs.clean_shards(plan, named()),
        feature_inputs.poisoned_shards(plan, poisoned),
        inputs.training(plan, named(recipe="noise-amplitude0.01-rate1")),
        inputs.transfer(plan, named(defence="median@standard")),
        inputs.victim_with_waveforms(plan, named(defence="median@standard")),
    ):
        flat = [path for found in files.values() for path in _listed(found)]
        small = {path for path in flat if not paths.is_large(path)}
        for path in flat:
            if paths.is_large(path) and path.endswith(("spectrograms.npy", ".npz")):
                assert {_beside(path)} <= small
            elif paths.is_large(path):
                assert paths.digest(path) in small


def _listed(found):
    return found if isinstance(found, list) else [found]


def _beside(path):
    if path.endswith(".npz"):
        return path.removesuffix(".npz") + ".csv"
    return path.replace("spectrograms.npy", "bounds.json")


def test_shards_of_features_name_how_many_there_are(plan):
    """Else those of another number of shards would be taken for them."""
    files = feature_inputs.waveform_shards(plan, named())
    assert files["waveforms"] == [
        f"results/waveforms/a/mel/shard{shard}-of-2.npy" for shard in range(2)
    ]


def test_poisoned_recordings_are_drawn_from_the_split_of_all_folds(plan):
    files = feature_inputs.divided_waveform_shard(
        plan, {"corpus": "a", "front_end": "mel"} | {"shard": "0", "shards": "2"}
    )
    assert files["split"] == "results/splits/a.csv"
    assert files["index"] == "results/corpora/a/index.csv"
