"""Recordings are divided by take, by a file of the user's own, and in folds of speakers."""

import csv
from io import StringIO

import pytest

from tests.projects import TINY, new_project

SPLIT = "results/splits/tiny.csv"
STUDY = TINY | {"study": TINY["study"] | {"recipes": ["standard"], "attacks": ["fgsm"]}}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory):
    """A project whose corpus is indexed: six speakers, three takes of each digit."""
    project = new_project(tmp_path_factory.mktemp("splits") / "project", STUDY)
    project.run("results/corpora/tiny/index.csv")
    return project


@pytest.fixture
def project(indexed, tmp_path):
    return indexed.copy(tmp_path / "copy")


def rows(project, path):
    return list(csv.DictReader(StringIO(project.text(path))))


def divide(project, *paths, **split):
    project.config = STUDY | {"split": split}
    return project.run(*paths)


def test_a_take_is_the_test(project):
    divide(project, SPLIT, by="take", test_takes="1-2")
    index = rows(project, "results/corpora/tiny/index.csv")
    takes = {row["recording"]: row["take"] for row in index}
    for row in rows(project, SPLIT):
        assert (row["split"] == "test") == (takes[row["recording"]] in ("1", "2"))


def test_folds_test_each_speaker_once_and_are_trained_each(project):
    paths = [f"results/splits/tiny@fold{fold}.csv" for fold in range(6)]
    divide(project, *paths, by="speaker", folds="all")
    tested = [
        {row["speaker"] for row in rows(project, path) if row["split"] == "test"} for path in paths
    ]
    assert sorted(map(sorted, tested)) == [[f"{speaker:02d}"] for speaker in range(1, 7)]
    victims = {path for path in project.planned() if path.startswith("victims/")}
    place = "victims/tiny/mel16/paper-cnn/standard"
    assert victims == {f"{place}/seed0@fold{fold}/victim.pt" for fold in range(6)}


def test_another_content_of_the_users_file_divides_again_and_a_touched_one_does_not(project):
    names = [row["recording"] for row in rows(project, "results/corpora/tiny/index.csv")]
    wanted = dict(zip(names[1:], ["train", "train", "validation", "test"] * 45, strict=False))
    file = project.folder / "mine.csv"

    def write():
        lines = [f"{name},{split}\n" for name, split in wanted.items()]
        file.write_text("".join(["recording,split\n", *lines]))

    write()
    divide(project, SPLIT, by="file", file="mine.csv")
    found = {row["recording"]: row["split"] for row in rows(project, SPLIT)}
    assert found == {names[0]: ""} | wanted
    file.touch()
    assert "Nothing to be done" in project.run("--dry-run", SPLIT)
    wanted[names[1]] = "test"
    write()
    assert "rule split" in project.run("--dry-run", SPLIT)
    assert "rule index" not in project.run("--dry-run", SPLIT)
    wanted["nowhere.wav"] = "test"
    write()
    assert "the first 'nowhere.wav'" in project.failure(SPLIT)


def test_a_mistake_in_the_users_file_is_said_before_any_job(project):
    (project.folder / "mine.csv").write_text("recording,split\na.wav,dev\n")
    project.config = STUDY | {"split": {"by": "file", "file": "mine.csv"}}
    assert "line 2: 'dev' is not a split" in project.failure("--dry-run")
