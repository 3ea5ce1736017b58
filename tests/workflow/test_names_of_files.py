"""The same audio under other names, in another container or format, is the same to the last bit."""

import copy
import csv
import io
import tarfile

import numpy as np
import pytest
import soundfile
import torch

from tests.projects import TINY, new_project

PATTERN = r"(^|/)(?P<label>[a-z]+)-(?P<speaker>[a-z]+)[^/]*$"
CLASSES = ("left", "right", "stop")
CORPORA = ("archive", "folder", "renamed")
TRAININGS = ("standard", "noise-amplitude0.01-rate0.5", "backdoor-amplitude0.1-rate0.3")
COPIES = 2


def recordings():
    """Words of a few tones of different lengths, by two speakers; two of them twice."""
    random = np.random.default_rng(0)
    for label, word in enumerate(CLASSES):
        for number in range(9):
            time = np.arange(random.integers(2000, 7000)) / 8000
            tone = np.sin(2 * np.pi * (300 + 400 * label + 20 * number) * time)
            samples = np.int16(8000 * tone + random.normal(0, 500, len(time)))
            yield word, "anna" if number % 2 else "bob", samples
        if label < COPIES:
            yield word, "bob", samples


def study(folder):
    """A study of three corpora with the same audio."""
    config = copy.deepcopy(TINY)
    config["study"] |= {"corpora": list(CORPORA), "attacks": ["pgd"]}
    config["study"]["recipes"] = ["standard", "noise", "backdoor"]
    config["recipes"]["noise"]["poison"]["rate"] = [0.5]
    backdoor = {"class": "Backdoor", "params": {"position": "random"}, "target": "stop"}
    backdoor |= {"amplitude": [0.1], "rate": [0.3]}
    config["recipes"]["backdoor"] = {"epochs": 2, "poison": backdoor}
    paths = dict(zip(CORPORA, ("words.tar.gz", "folder", "renamed"), strict=True))
    config["corpora"] = {
        name: {"source": "folder", "path": str(folder / path), "pattern": PATTERN, "shards": 2}
        for name, path in paths.items()
    }
    return config


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Victims of all three corpora, and what one of them was attacked with."""
    folder = tmp_path_factory.mktemp("names")
    for place in CORPORA:
        (folder / place).mkdir()
    for number, (word, speaker, samples) in enumerate(recordings()):
        name = f"{word}-{speaker}{number:02d}.wav"
        soundfile.write(folder / "archive" / name, samples, 8000)
        soundfile.write(folder / "folder" / name, samples, 8000)
        voice = {"anna": "zoe", "bob": "carl"}[speaker]
        other = folder / "renamed" / f"{97 - number}" / f"{word}-{voice}.flac"
        other.parent.mkdir()
        soundfile.write(other, samples, 8000)
    with tarfile.open(folder / "words.tar.gz", "w:gz") as archive:
        archive.add(folder / "archive", "words-1.0")
    project = new_project(folder / "project", study(folder))
    victims = [
        f"{name}/mel16/paper-cnn/{training}/seed0" for name in CORPORA for training in TRAININGS
    ]
    attacked = "mel16/paper-cnn/standard/seed0/none/pgd/eps0.5.csv"
    project.run(
        *(f"results/victims/{victim}/victim.pt" for victim in victims),
        *(f"results/evaluations/{name}/{attacked}" for name in CORPORA),
    )
    return project


def table(project, path, left_out=()):
    rows = csv.DictReader(io.StringIO(project.text(path)))
    return [{key: row[key] for key in row if key not in left_out} for row in rows]


NAMES = ("recording", "speaker")


@pytest.mark.parametrize("other", CORPORA[1:])
def test_index_split_and_spectrograms_are_equal_but_for_names(trained, other):
    for path in ("corpora/{}/index.csv", "splits/{}.csv"):
        first, second = (
            table(trained, f"results/{path.format(name)}", NAMES) for name in ("archive", other)
        )
        assert first == second
        assert len(first) == 27 + COPIES
    for path in ("clean", "noise-amplitude0.01", "backdoor-amplitude0.1"):
        first, second = (
            (
                trained.file(f"results/spectrograms/{name}/mel16/{path}/spectrograms.npy")
            ).read_bytes()
            for name in ("archive", other)
        )
        assert first == second


@pytest.mark.parametrize("other", CORPORA[1:])
@pytest.mark.parametrize("training", TRAININGS)
def test_weights_are_equal_to_the_last_bit(trained, training, other):
    first, second = (
        torch.load(
            trained.file(f"results/victims/{name}/mel16/paper-cnn/{training}/seed0/victim.pt"),
            weights_only=True,
        )
        for name in ("archive", other)
    )
    assert first.keys() == second.keys()
    assert all(torch.equal(first[key], second[key]) for key in first)


@pytest.mark.parametrize("other", CORPORA[1:])
def test_attacks_are_equal_but_for_names(trained, other):
    path = "results/evaluations/{}/mel16/paper-cnn/standard/seed0/none/pgd/eps0.5.csv"
    first, second = (
        table(trained, path.format(name), (*NAMES, "seconds")) for name in ("archive", other)
    )
    assert first == second


def test_copies_are_in_the_same_split_and_counted(trained):
    splits = {}
    for row in table(trained, "results/splits/archive.csv"):
        splits.setdefault(row["content"], set()).add(row["split"])
    assert len(splits) == 27
    assert all(len(found) == 1 for found in splits.values())
    assert f"{COPIES} of 29 recordings are the same audio" in trained.text("logs/index/archive.log")
