"""What no config uses is listed and removed, and nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.runtime.contents import record_of, remember
from mishear.runtime.locks import register_run
from mishear.study import paths, pruning
from mishear.study.config_files import load_joined
from mishear.study.identity import Store
from mishear.study.plan import Plan
from mishear.study.pruning import STATE, notice_of_former
from tests.unit.study.configs import PLAIN, VICTIM, raw

EARLIER = {"standard": {"epochs": 7}}
WEIGHTS = paths.WEIGHTS.format(**VICTIM)
OTHER_SEED = paths.WEIGHTS.format(**VICTIM | {"seed": "5"})


def prune(configs, is_applied):
    return pruning.prune(configs, is_applied, load_joined)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with results of two definitions, a former version and the user."""
    monkeypatch.chdir(tmp_path)
    for name, recipes in (("new.yaml", PLAIN), ("old.yaml", EARLIER)):
        write(name, yaml.safe_dump(raw(recipes)))
    for path in (*of("new.yaml"), *of("old.yaml"), *FORMER, *OWN):
        write(path, "content")
    return tmp_path


def of(name):
    """Files of one of the definitions."""
    store = Store(Plan(load(raw(PLAIN if name == "new.yaml" else EARLIER))))
    index = paths.INDEX.format(**VICTIM)
    return {
        *map(store.path, (WEIGHTS, paths.digest(WEIGHTS), index)),
        store.path(WEIGHTS).replace("victim.pt", ".victim.77.partial.pt"),
        store.path(paths.RECORDINGS.format(**VICTIM)) + "/a/one-0123456789.wav",
        "results/reports/s/summary.csv",
    }


FORMER = {"results/corpora/a/index.csv", "results/waveforms/a/mel/shard0.npy", WEIGHTS}
OWN = {
    "results/notes.csv",
    "results/corpora/a/notes.md",
    "results/reports/s/plan.txt",
    "results/victims/a/mel/net/standard/seed0-0123456789/plot.png",
    "outside/results/victims/x.pt",
}


def write(path, text):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder))
        for path in found
        if ".snakemake" not in path.parts and path.suffix != ".yaml"
    }


def test_nothing_is_removed_unless_it_is_asked_for(here):
    before = files(here)
    said = "\n".join(prune(["new.yaml"], is_applied=False))
    assert files(here) == before
    assert "Nothing was removed" in said and "--apply" in said
    assert Store(Plan(load(raw(EARLIER)))).path(WEIGHTS).rpartition("/")[0] in said
    for path in OWN - {"outside/results/victims/x.pt"}:
        assert path in said


def test_what_no_config_uses_is_removed_and_all_else_is_kept(here):
    list(prune(["new.yaml"], is_applied=True))
    assert files(here) == of("new.yaml") | OWN
    assert not (here / "results/waveforms").exists()
    assert (here / "results/victims/a/mel/net/standard").is_dir()


def test_what_is_remembered_of_a_file_goes_with_it(here):
    remember([path for path in files(here) if path.startswith("results/")])
    list(prune(["new.yaml"], is_applied=True))
    kept = {path for path in of("new.yaml") | OWN if path.startswith("results/")}
    assert files(here) == of("new.yaml") | OWN | {str(record_of(Path(path))) for path in kept}


def test_what_one_of_several_configs_uses_is_kept(here):
    list(prune(["new.yaml", "old.yaml"], is_applied=True))
    assert files(here) == of("new.yaml") | of("old.yaml") | OWN


def test_a_seed_that_no_study_has_is_not_used(here):
    path = Store(Plan(load(raw(PLAIN)))).path(OTHER_SEED)
    write(path, "content")
    list(prune(["new.yaml"], is_applied=True))
    assert not (here / path).exists()


def test_the_report_of_another_study_is_not_used(here):
    write("results/reports/other/report.html", "content")
    assert "no config of theirs is named: other." in "\n".join(prune(["new.yaml"], is_applied=True))
    assert not (here / "results/reports/other").exists()


def test_links_are_not_followed(here, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "victim.pt").write_text("content")
    folder = Store(Plan(load(raw(EARLIER)))).path(WEIGHTS).rpartition("/")[0]
    (here / folder / "linked").symlink_to(outside)
    (here / folder / "history.csv").symlink_to(outside / "victim.pt")
    list(prune(["new.yaml"], is_applied=True))
    assert (outside / "victim.pt").exists()
    assert (here / folder / "history.csv").is_symlink()
    (here / "results").rename(outside / "results")
    (here / "results").symlink_to(outside / "results")
    with pytest.raises(UserError, match="is a link"):
        list(prune(["new.yaml"], is_applied=True))


def test_beside_a_run_nothing_is_done(here):
    code = f"""
import sys, time
from pathlib import Path
from mishear.runtime.locks import register_run
register_run(Path({str(STATE)!r}))
print("registered", flush=True)
time.sleep(60)
"""
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert run.stdout.readline() == "registered\n"
        before = files(here)
        with pytest.raises(UserError, match="Another run is active in this folder"):
            list(prune(["new.yaml"], is_applied=True))
        assert files(here) == before
    finally:
        run.kill()
        run.wait()
    list(prune(["new.yaml"], is_applied=True))
    assert register_run(STATE) == []


def test_results_of_a_former_version_are_said_once(here, tmp_path):
    results, state = Path("results"), Path(".snakemake/mishear")
    assert "make prune" in notice_of_former(results, state)
    assert notice_of_former(results, state) == ""
    list(prune(["new.yaml"], is_applied=True))
    assert notice_of_former(results, tmp_path / "other") == ""
    assert notice_of_former(Path("absent"), tmp_path / "other") == ""


@pytest.mark.parametrize(
    ("configs", "said"),
    [
        ([], "name the configs"),
        (["absent.yaml"], "absent.yaml cannot be read"),
        (["broken.yaml"], "broken.yaml cannot be read"),
        (["wrong.yaml"], "(?s)wrong.yaml: .*mistake.*join them with '\\+'"),
        (["absent-weights.yaml"], "mine.pt does not exist"),
    ],
)
def test_without_sound_configs_nothing_is_removed(here, configs, said):
    (here / "broken.yaml").write_text("a: [")
    (here / "wrong.yaml").write_text("study: {}")
    network = {"class": "PaperCNN", "weights": "mine.pt", "labels": [0, 1]}
    found = raw(PLAIN) | {"networks": {"net": network}}
    (here / "absent-weights.yaml").write_text(yaml.safe_dump(found))
    before = files(here)
    with pytest.raises(UserError, match=said):
        list(prune(configs, is_applied=True))
    assert files(here) == before


def test_without_results_there_is_nothing_to_say(here, tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "new.yaml").write_text((tmp_path / "new.yaml").read_text())
    monkeypatch.chdir(tmp_path / "empty")
    kept, line = prune(["new.yaml"], is_applied=False)
    assert kept.startswith("Kept: the results of new.yaml (studies: ")
    assert line.startswith("0 B of 0 B")
