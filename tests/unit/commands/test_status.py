"""How a study stands is said without starting or changing anything."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from mishear.commands.main import main
from mishear.config.loading import load
from mishear.study import paths
from mishear.study.identity import Store
from mishear.study.plan import Plan
from tests.unit.study.configs import PLAIN, VICTIM, raw

LINE = "2026-01-01 00:00:00,000 {}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a config, in which a training has begun; another folder is the working one."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    found = tmp_path / "project"
    (found / "config").mkdir(parents=True)
    (found / "config/config.yaml").write_text(yaml.safe_dump(raw(PLAIN)))
    return found


def log_of_training(folder, text):
    place = Store(Plan(load(raw(PLAIN)))).path(paths.WEIGHTS.format(**VICTIM))
    path = folder / f"logs/train/{place.split('/', 2)[2].removesuffix('/victim.pt')}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def said(folder, capsys):
    assert main(["status", "--directory", str(folder)]) == 0
    return capsys.readouterr().out


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_nothing_is_changed(folder, capsys):
    before = files(folder)
    text = said(folder, capsys)
    assert files(folder) == before
    assert "Study s: 0 of" in text
    assert "No run is active" in text
    assert "not written yet" in text


def test_a_failed_job_is_named_with_its_error(folder, capsys):
    path = log_of_training(folder, LINE.format("ERROR The split has no test recordings."))
    text = said(folder, capsys)
    assert "Failed (1):" in text
    assert "    The split has no test recordings." in text
    assert str(path.relative_to(folder)) in text


def test_an_open_log_without_a_run_is_of_a_killed_job(folder, capsys):
    log_of_training(folder, LINE.format("INFO epoch 3 of 40"))
    assert "killed from outside (1):" in said(folder, capsys)


def test_a_job_of_an_active_run_is_running(folder, capsys):
    register = (
        "import sys; from pathlib import Path; from mishear.runtime.locks import register_run;"
        "register_run(Path('.snakemake')); print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", register],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        path = log_of_training(folder, LINE.format("INFO epoch 3 of 40"))
        text = said(folder, capsys)
        assert f"process {process.pid} on" in text
        assert "Running (1):" in text
        assert "    epoch 3 of 40" in text
        # What an earlier run has left is not running.
        os.utime(path, (time.time() - 3600,) * 2)
        assert "Running" not in said(folder, capsys)
        process.kill()
    assert "No run is active" in said(folder, capsys)
    assert list((folder / ".snakemake/mishear/runs").iterdir())


def test_a_config_is_read_from_where_one_is(folder, capsys):
    Path("more.yaml").write_text("study: {name: other}")
    assert main(["status", "--configfile", "more.yaml", "--directory", str(folder)]) == 0
    assert "Study other:" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--configfile", "absent.yaml"], ["--directory", "nowhere"]])
def test_what_is_not_there_is_an_error(folder, capsys, arguments):
    assert main(["status", *arguments]) == 1
    assert arguments[1] in capsys.readouterr().err
