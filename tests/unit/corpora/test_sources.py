"""The known corpora."""

import re

import pytest

from mishear.corpora.sources import SOURCES

EXAMPLES = {
    "fsdd": ("free-spoken-digit-dataset-1.0.10/recordings/7_jackson_32.wav", "jackson"),
    "audiomnist": ("AudioMNIST-3c9ed8c/data/07/7_07_32.wav", "07"),
    "espeak": ("07/7_07_32.wav", "07"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_patterns_find_label_speaker_and_take(name):
    path, speaker = EXAMPLES[name]
    match = re.search(SOURCES[name].pattern, path)
    assert match.groupdict() == {"label": "7", "speaker": speaker, "take": "32"}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("path", ["data/07/7_08_1.wav", "recordings/17_george_1.wav", "a.wav"])
def test_patterns_find_nothing_else(name, path):
    assert re.search(SOURCES[name].pattern, path) is None


@pytest.mark.parametrize(
    ("name", "recordings"), [("espeak", 3000), ("fsdd", 3000), ("audiomnist", 30_000)]
)
def test_sizes(name, recordings):
    source = SOURCES[name]
    per_class = source.expectation.speakers * source.expectation.recordings
    assert per_class * len(source.classes) == recordings


def test_downloads_are_pinned():
    assert all("v1.0.10" in url for url in SOURCES["fsdd"].urls)
    assert len(SOURCES["audiomnist"].urls) == 2
    assert all(re.search("/[0-9a-f]{40}[.]", url) for url in SOURCES["audiomnist"].urls)
