"""Equal definitions have equal places on disk, and others others."""

import pytest

from mishear.config.loading import load
from mishear.study import paths
from mishear.study.identity import Store
from mishear.study.places import place_on_disk
from mishear.study.plan import Plan
from tests.unit.study.configs import NOISE, PLAIN, VICTIM, mixed, raw

RECIPES = PLAIN | {"noise": {"poison": NOISE}}
TABLE = paths.results(paths.EVALUATION)
ATTACKED = VICTIM | {"defence": "none", "attack": "pgd", "eps": "0.5"}
PATHS = {
    "index": paths.INDEX.format(**VICTIM),
    "split": paths.SPLIT.format(**VICTIM),
    "waveforms": paths.WAVEFORM_SHARD.format(**VICTIM, shard=0, shards=2),
    "spectrograms": paths.spectrograms(paths.CLEAN).format(**VICTIM),
    "poisoned": paths.spectrograms(paths.POISONED).format(
        **VICTIM, poison="noise", amplitude="0.01"
    ),
    "victim": paths.WEIGHTS.format(**VICTIM),
    "poisoned victim": paths.WEIGHTS.format(**VICTIM | {"recipe": "noise-amplitude0.01-rate1"}),
    "evaluation": TABLE.format(**ATTACKED),
    "other attack": TABLE.format(**ATTACKED | {"attack": "fgsm"}),
    "defended": TABLE.format(**ATTACKED | {"defence": "median@standard"}),
    "check": paths.check(paths.CHECK).format(**ATTACKED),
    "baselines": paths.check(paths.BASELINES).format(**ATTACKED),
    "certificate": paths.certificates(paths.CERTIFICATE).format(**VICTIM | {"defence": "smoothed"}),
    "report": paths.report("s", "summary.csv"),
}
ATTACKS = {"fgsm", "other attack", "evaluation", "defended", "check", "baselines"}
OF_VICTIM = {"victim", "certificate", *ATTACKS} - {"fgsm"}
OF_SPLIT = {"split", "poisoned", "poisoned victim", *OF_VICTIM}
OF_FEATURES = {"spectrograms", *OF_SPLIT} - {"split"}
CHANGES = {
    "corpora/a/speakers": (61, {"index", "waveforms", "spectrograms", *OF_SPLIT}),
    "corpora/a/shards": (3, set()),
    "corpora/a/max_rejected_share": (0.5, set()),
    "front_ends/mel/seconds": (2.0, {"waveforms", *OF_FEATURES}),
    "front_ends/mel/params": ({"n_mels": 20}, OF_FEATURES),
    "split/seed": (1, OF_SPLIT),
    "networks/net/params": ({"width": 3}, OF_VICTIM | {"poisoned victim"}),
    "recipes/standard/epochs": (6, OF_VICTIM),
    "recipes/standard/attacks": (["pgd", "fgsm"], {"baselines"}),
    "recipes/noise/epochs": (6, {"poisoned victim"}),
    "recipes/noise/poison/seed": (1, {"poisoned", "poisoned victim"}),
    "recipes/noise/poison/amplitude": ([0.01, 0.02], set()),
    "attacks/pgd/params": ({"steps": 6}, {"evaluation", "defended", "check", "baselines"}),
    "attacks/pgd/shards": (2, set()),
    "attacks/pgd/eps": ([0.5, 1.0, 2.0], set()),
    "attacks/pgd/batch_size": (3, {"evaluation", "defended", "check", "baselines"}),
    "defences/median/params": ({"width": 5}, {"defended"}),
    "defences/smoothed/certificate/samples": (7, {"certificate"}),
    "checks/queries": (9, {"baselines"}),
    "checks/more": (3, {"check", "baselines"}),
    "device": ("cpu", set()),
    "jobs_per_gpu": (2, set()),
    "warm_start": (False, set()),
    "study/name": ("other", set()),
    "study/seeds": ([0, 1, 2], set()),
    "report/colour_map": ("viridis", set()),
}


def study(changes=()):
    found = raw(RECIPES, defences=DEFENCES)
    for path, value in dict(changes).items():
        *sections, key = path.split("/")
        node = found
        for section in sections:
            node[section] = dict(node.get(section) or {})
            node = node[section]
        node[key] = value
    return Store(Plan(load(found)))


DEFENCES = {
    "median": {"class": "MedianSmoothing"},
    "smoothed": {"class": "RandomisedSmoothing", "certificate": {"samples": 5}},
}


def changed(one, other):
    return {key for key, path in PATHS.items() if one.path(path) != other.path(path)}


@pytest.mark.parametrize("key", CHANGES)
def test_what_rests_on_a_key_is_kept_elsewhere_when_it_changes(key):
    value, expected = CHANGES[key]
    assert changed(study(), study({key: value})) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"front_ends/mel/params": {"n_mels": 64.0}},
        {"front_ends/mel/seconds": 1},
        {"front_ends/mel/seconds": "1.0"},
        {"corpora/a/repetitions": 5},
    ],
)
def test_equal_values_and_defaults_are_one_definition(changes):
    first = study({"front_ends/mel/params": {"n_mels": 64}})
    other = study({"front_ends/mel/params": {"n_mels": 64}} | changes)
    assert not changed(first, other)


def test_everything_but_reports_has_a_digest_and_stays_where_it_is():
    store = study()
    for key, path in PATHS.items():
        stored = store.path(path)
        assert (stored == path) == (key == "report")
        assert store.path(stored) == stored


def test_seeds_of_one_definition_have_one_digest():
    store = study()
    found = [store.path(paths.WEIGHTS.format(**VICTIM | {"seed": seed})) for seed in "01"]
    assert len({place_on_disk(path).digest for path in found}) == 1


def test_the_same_attack_from_another_source_has_another_digest():
    """Two sources may be defined alike; their seeds and names are in no path of the target."""
    one = study({"transfer": {"attacks": ["pgd"], "sources": ["mel/net/standard"]}})
    other = study({"transfer": {"attacks": ["pgd"]}})
    path = paths.transferred(paths.TRANSFER.format(**VICTIM, attack="pgd"))
    assert one.path(path) != other.path(path)


@pytest.mark.parametrize("key", ["corpus", "front_end", "network", "recipe", "attack", "defence"])
def test_what_the_config_does_not_define_has_no_place(key):
    path = TABLE.format(**ATTACKED | {key: "unknown"})
    assert study().path(path) == path


def test_a_file_of_another_config_is_told_from_those_of_this_one():
    one, other = study(), study({"recipes/standard/epochs": 6})
    path = one.path(PATHS["victim"])
    assert one.objection(path) == ""
    assert "of another config" in other.objection(path)
    assert other.objection(PATHS["report"]) == ""


def test_a_network_is_its_weights_wherever_they_are(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in (("mine.pt", b"1"), ("same.pt", b"1"), ("other.pt", b"2")):
        (tmp_path / name).write_bytes(content)
    path = paths.WEIGHTS.format(**VICTIM | {"network": "mine", "recipe": "trained"})
    found = {}
    for name in ("mine.pt", "same.pt", "other.pt"):
        config = mixed()
        network = config.networks["mine"].model_copy(update={"weights": name})
        networks = config.networks | {"mine": network}
        store = Store(Plan(config.model_copy(update={"networks": networks})))
        found[name] = store.path(path)
    assert found["mine.pt"] == found["same.pt"] != found["other.pt"]


def test_a_split_of_the_users_own_is_its_content(tmp_path):
    found = {}
    for name, content in (("one.csv", "a"), ("same.csv", "a"), ("other.csv", "b")):
        (tmp_path / name).write_text(content)
        store = study({"split": {"by": "file", "file": str(tmp_path / name)}})
        found[name] = store.path(PATHS["split"])
    assert found["one.csv"] == found["same.csv"] != found["other.csv"]


def test_a_corpus_of_the_users_own_is_named_from_the_working_directory(tmp_path, monkeypatch):
    pattern = "(?P<label>[0-9])"
    (tmp_path / "mine").mkdir()
    (tmp_path / "other").mkdir()

    def place(path):
        section = {"source": "folder", "path": str(path), "pattern": pattern}
        return study({"corpora/a": section}).path(PATHS["index"])

    monkeypatch.chdir(tmp_path)
    assert place("mine") == place("./mine/") == place(tmp_path / "mine") != place("other")


@pytest.mark.parametrize(
    "corpus",
    [
        {"source": "fsdd", "archive": "a.zip"},
        {"source": "audiomnist"},
        {"source": "folder", "path": "a.zip", "pattern": "(?P<label>.)"},
    ],
)
def test_archives_that_must_have_other_hashes_are_other_corpora(corpus):
    plain, one, other = (
        study({"corpora/a": corpus | pinned})
        for pinned in ({}, {"sha256": "0" * 64}, {"sha256": "1" * 64})
    )
    assert changed(one, other) == changed(plain, one) == PATHS.keys() - {"report"}
    assert not changed(one, study({"corpora/a": corpus | {"sha256": "0" * 64, "shards": 3}}))
