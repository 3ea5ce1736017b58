"""Paths under results: one place each, and large files with a file that stands for them."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.config.base import canonical_number
from mishear.core.tables.comparison import COMPARISON
from mishear.core.tables.docs import TABLES
from mishear.study import paths

PATTERNS = {
    name: value
    for name, value in vars(paths).items()
    if name.isupper() and isinstance(value, str) and value.startswith("results/")
}


def fields(pattern):
    return [field for _, field, _, _ in string.Formatter().parse(pattern) if field]


def test_no_two_kinds_of_file_have_the_same_place():
    assert len(set(PATTERNS.values())) == len(PATTERNS)


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_names_each_wildcard_once(name):
    assert len(set(fields(PATTERNS[name]))) == len(fields(PATTERNS[name]))


@pytest.mark.parametrize(
    "path",
    [
        paths.WEIGHTS,
        paths.WAVEFORM_SHARD,
        paths.ARCHIVE,
        paths.RECORDINGS,
        paths.spectrogram_shard(paths.CLEAN),
        paths.spectrograms(paths.POISONED),
        paths.examples(paths.EVALUATION),
        paths.LIBRARY_PACKAGES,
    ],
)
def test_large_files_are_known_and_their_hashes_are_small(path):
    assert paths.is_large(path)
    assert not paths.is_large(paths.digest(path))


@pytest.mark.parametrize("path", [paths.INDEX, paths.SPLIT, paths.results(paths.EVALUATION)])
def test_tables_are_compared_by_their_content(path):
    assert not paths.is_large(path)


@pytest.mark.parametrize("path", ["archive", "/data/recordings", "/home/me/weights.npy"])
def test_the_users_own_files_are_not_taken_for_those_with_a_hash_beside_them(path):
    assert not paths.is_large(path)


@given(st.floats(1e-12, 1e12).map(canonical_number))
def test_a_number_of_the_config_is_its_name(value):
    assert float(paths.number_name(value)) == value


@pytest.mark.parametrize("value", [1e-12, 0.5, 1.0, 999_999.0, 1e6, 1.5e6, 1e12])
def test_a_number_may_stand_in_a_name(value):
    assert re.fullmatch(paths.NAME, f"adversarial-eps{paths.number_name(value)}")


@given(st.integers(1, 30))
def test_each_shard_has_a_place_of_its_own(shards):
    found = list(paths.in_shards("a/b", shards))
    assert len(set(found)) == shards
    assert found[-1] == f"a/b/shard{shards - 1}-of-{shards}"


def test_tables_are_documented_where_they_are():
    reports = "summary summary_over_seeds robustness robustness_over_seeds checks certificates "
    reports += "detections audio_quality inversions smallest_change by_speaker "
    reports += "environments transfer targeted certificates_over_seeds detections_over_seeds "
    reports += "snr_at_half_over_seeds audio_quality_over_seeds inversions_over_seeds"
    planned = {
        paths.INDEX,
        paths.INSPECTED,
        paths.REJECTED,
        paths.SPLIT,
        paths.HISTORY,
        paths.PROBE,
        paths.DETECTION,
        paths.DISTORTIONS,
        paths.results(paths.EVALUATION),
        paths.certificates(paths.CERTIFICATE),
        paths.corrupted(paths.CORRUPTED),
        paths.check(paths.CHECK),
        paths.inversion(paths.INVERSION),
        paths.transferred(paths.TRANSFER),
        paths.TARGETED,
        paths.quality("{sound}"),
        paths.transcripts("{sound}"),
        *(paths.report("{study}", f"{name}.csv") for name in [*reports.split(), "snr_at_half"]),
    }
    documented = [
        table.path.replace("<victim>", paths.VICTIM)
        for table in TABLES
        if table != COMPARISON  # written where the user says
    ]
    assert {re.sub("<(.*?)>", r"{\1}", path) for path in documented} == planned
