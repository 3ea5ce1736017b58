"""Where digests stand in paths on disk."""

import pytest

from mishear.study import identity, paths
from mishear.study.places import (
    PLACES,
    WILDCARDS,
    on_disk,
    pattern_on_disk,
    place_of,
    place_on_disk,
)

NAMES = {
    "corpus": "a.b",
    "front_end": "mel-64",
    "network": "net",
    "recipe": "noise-amplitude0.01-rate1",
    "seed": "0",
    "fold": "@fold1",
    "defence": "median@standard",
    "attack": "pgd.csv",
    "eps": "0.5",
    "shard": "0",
    "shards": "2",
    "poison": "noise",
    "amplitude": "0.01",
    "detector": "finder",
    "corruption": "phone",
    "recogniser": "ear",
    "sound": "a.b/mel-64/clean",
}
DIGEST = "0123456789"
PATTERNS = [
    value
    for name, value in vars(paths).items()
    if name.isupper() and isinstance(value, str) and value.startswith("results/")
    if not name.startswith(("LIBRARY", "REPORT", "CORPUS"))
] + [
    paths.spectrogram_shard(paths.CLEAN),
    paths.spectrograms(paths.POISONED),
    paths.bounds(paths.CLEAN),
    paths.results(paths.EVALUATION),
    paths.examples(paths.EVALUATION_SHARD),
    paths.sound(paths.EVALUATION),
    paths.sound(paths.CLEAN_SOUND),
    paths.sound(paths.ROUND_TRIP),
    paths.sound(paths.POISONED_SOUND),
    paths.sound(paths.INVERTED_SOUND),
    paths.inversion(paths.INVERSION),
    paths.check(paths.CHECK),
    paths.check(paths.BASELINES),
    paths.certificates(paths.CERTIFICATE),
    paths.corrupted(paths.CORRUPTED),
    paths.transferred(paths.TRANSFER),
    paths.quality("{sound}"),
    paths.transcripts("{sound}"),
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_path_and_its_pattern_have_their_digest_in_the_same_place(pattern):
    path = pattern.format(**NAMES)
    place = place_of(path)
    assert {key: NAMES[key] for key in place.names} == place.names
    stored = on_disk(path, place, DIGEST)
    assert stored == pattern_on_disk(pattern).format(**NAMES, digest=DIGEST)
    assert place_on_disk(stored) == (path, place, DIGEST)
    assert place_on_disk(path) is None


def test_what_one_job_makes_has_one_kind():
    def kind(pattern):
        return place_of(pattern.format(**NAMES)).kind

    assert kind(paths.results(paths.EVALUATION)) == kind(paths.PERTURBATION) == "evaluation"
    assert kind(paths.results(paths.EVALUATION)) == kind(paths.sound(paths.EVALUATION))
    assert kind(paths.inversion(paths.INVERSION)) == kind(paths.sound(paths.INVERTED_SOUND))


@pytest.mark.parametrize(
    "path",
    [
        paths.LIBRARY_PACKAGES,
        paths.report("s", "summary.csv"),
        "results/corpora",
        "results/other/a.csv",
        "mine/victim.pt",
    ],
)
def test_other_paths_have_no_place(path):
    assert place_of(path) is None
    assert place_on_disk(path) is None


def test_a_folder_with_a_digest_is_known():
    found = place_on_disk(f"results/victims/a/mel/net/standard/seed0-{DIGEST}")
    assert found.place.names["recipe"] == "standard"


def test_a_name_that_looks_like_one_with_a_digest_is_a_name():
    path = f"results/corpora/fsdd-{DIGEST}/index.csv"
    assert place_of(path).names == {"corpus": f"fsdd-{DIGEST}"}
    assert place_on_disk(path).place.names == {"corpus": "fsdd"}


def test_every_kind_is_made_of_something():
    assert set(identity.MADE) == set(PLACES)


def test_every_wildcard_has_an_expression():
    assert set(NAMES) | {"digest"} == set(WILDCARDS)
