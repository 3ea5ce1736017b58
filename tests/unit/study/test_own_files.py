"""Jobs depend on the content of the user's own files, however their paths are spelled."""

import numpy as np
import pytest
import soundfile

from mishear.config.loading import load
from mishear.corpora.listing import record_source
from mishear.study import own_files, params, paths
from mishear.study.plan import Plan
from tests.unit.study.configs import VICTIM, raw

PATTERN = r"(?P<label>\w+)/(?P<speaker>\w+)\.wav$"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def planned(corpus=None, split=None):
    changed = raw()
    if corpus is not None:
        changed["corpora"]["a"] = {"source": "folder", "path": str(corpus), "pattern": PATTERN}
    if split is not None:
        changed["split"] = {"by": "file", "file": str(split)}
    return Plan(load(changed))


def write(path, scale=1.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, scale * np.linspace(-1, 1, 800), 8000)
    return path


def of_recordings(plan):
    folder = params.recordings_folder(plan, VICTIM)
    return folder, own_files.recordings_content(plan, VICTIM)


def test_recordings_at_a_tenth_of_the_volume_are_others(here):
    before = [of_recordings(planned(here / "own")) for _ in [write(here / "own" / "no" / "a.wav")]]
    write(here / "own" / "no" / "a.wav", 0.1)
    assert of_recordings(planned(here / "own")) != before[0]


def test_two_recordings_that_are_swapped_are_others(here):
    first, second = write(here / "own/no/a.wav"), write(here / "own/yes/a.wav", 0.5)
    before = of_recordings(planned(here / "own"))
    first.rename(here / "aside")
    second.rename(first)
    (here / "aside").rename(second)
    assert of_recordings(planned(here / "own")) != before


@pytest.mark.parametrize("spelling", ["own", "./own", "own/", "own/no/..", "{here}/own"])
def test_the_spelling_of_a_folder_changes_nothing(here, spelling):
    write(here / "own" / "no" / "a.wav")
    assert of_recordings(planned(spelling.format(here=here))) == of_recordings(planned("own"))


def test_an_archive_counts_by_its_content(here):
    archive = here / "own.zip"
    archive.write_bytes(b"one")
    before = own_files.archive_content(planned(archive), VICTIM)
    archive.write_bytes(b"two")
    assert own_files.archive_content(planned("own.zip"), VICTIM) != before
    assert planned(archive).origins["a"] == planned("own.zip").origins["a"]


def test_what_a_job_makes_has_no_content_of_its_own():
    assert own_files.archive_content(planned(), VICTIM) is None
    assert own_files.recordings_content(planned(), VICTIM) is None
    assert own_files.split_content(planned(), VICTIM) is None


def test_a_split_counts_by_its_content(here):
    file = here / "split.csv"
    file.write_text("recording,split\n")
    before = own_files.split_content(planned(split=file), VICTIM)
    assert own_files.split_files(planned(split=file)) == ["split.csv"]
    assert params.split(planned(split=file), VICTIM) == params.split(
        planned(split="split.csv"), {**VICTIM}
    )
    file.write_text("recording,split,\n")
    assert own_files.split_content(planned(split=file), VICTIM) != before


def test_files_that_are_not_there_are_named(here):
    assert own_files.missing_files(planned()) == []
    assert own_files.missing_files(planned(split="absent.csv")) == ["absent.csv"]
    changed = raw()
    changed["networks"]["net"] |= {"weights": "absent.pt", "labels": [0, 1]}
    assert own_files.missing_files(Plan(load(changed))) == ["absent.pt"]
    scored = raw()
    scored["networks"]["net"] = {"command": ["a"], "files": ["absent.npz"], "labels": [0, 1]}
    assert own_files.missing_files(Plan(load(scored))) == ["absent.npz"]
    (here / "absent.pt").write_text("weights")
    assert own_files.missing_files(Plan(load(changed))) == []


def test_results_of_other_recordings_are_told_by_what_is_recorded_beside_them(here):
    write(here / "own" / "no" / "a.wav")
    plan = planned(here / "own")
    (corpus,) = plan.config.study.corpora
    names = {"corpus": corpus}

    def replaced():
        return own_files.replaced_recordings(planned(here / "own"), lambda path: f"here/{path}")

    assert replaced() == {}
    record = here / "here" / paths.INSPECTED_FROM.format(**names)
    record_source(own_files.recordings_content(plan, names), None, record)
    assert replaced() == {}
    write(here / "own" / "no" / "a.wav", 0.1)
    assert replaced() == {corpus: f"here/results/corpora/{corpus}/inspected.csv"}


def test_what_a_job_made_is_recorded_by_the_hash_beside_it(here):
    digest = here / "archive.sha256"
    digest.write_text("0123\n")
    record_source(None, str(digest), here / "record")
    assert (here / "record").read_text() == "0123\n"
