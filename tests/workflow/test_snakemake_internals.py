"""Changes to Snakemake are made with tested versions only, work, and are needed."""

import gc
import json
import subprocess
import sys
from pathlib import Path

import pytest
import snakemake
import snakemake_internals
from snakemake import sourcecache
from snakemake.persistence import PersistenceBase
from snakemake.scheduling.job_scheduler import JobScheduler
from snakemake.script import PythonScript
from snakemake_internals import CHANGES, TESTED, change_snakemake, replace_interpreter

from tests.projects import REPOSITORY

JOBS = 200
"""With a script, of the plan that is measured."""
QUICK, SECONDS = 10, 3
"""Jobs that end before a slow one of so many seconds, for whose core another one waits."""

SNAKEFILE = f"""
import atexit, gc, json, sys, threading
from snakemake import sourcecache

counts = dict(timers=0, parsed=0)
start_timer, parse_uri = threading.Timer.start, sourcecache.parse_uri

def counted_start(timer):
    counts["timers"] += 1
    start_timer(timer)

def counted_parse(address):
    counts["parsed"] += 1
    return parse_uri(address)

threading.Timer.start = counted_start
sourcecache.parse_uri = counted_parse
if config.get("changed"):
    sys.path.insert(0, config["lib"])
    from snakemake_internals import CHANGES
    for change in CHANGES:
        change.make()

def collections():
    return sum(each["collections"] for each in gc.get_stats())

before = collections()

def write_counts():
    counts["collections"] = collections() - before
    with open(config["counts"], "w") as file:
        json.dump(counts, file)

if workflow.is_main_process:
    atexit.register(write_counts)

rule all:
    input: expand("{{n}}.quick", n=range({QUICK})), "slow", "waiting"

rule quick:
    output: "{{n}}.quick"
    priority: 2
    shell: "touch {{output}}"

rule slow:
    output: "slow"
    priority: 1
    shell: "sleep {SECONDS}; touch {{output}}"

rule waiting:
    output: "waiting"
    shell: "touch {{output}}"

rule scripts:
    input: expand("{{n}}.script", n=range({JOBS}))

rule script:
    output: "{{n}}.script"
    script: "script.py"
"""


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    """What Snakemake does without and with the changes.

    Collections and parsed addresses in a plan of many jobs with a script, timers in a run of quick
    jobs and a slow one.
    """
    return [measured(tmp_path_factory.mktemp("measured"), changed) for changed in (False, True)]


def measured(folder: Path, changed: bool) -> dict[str, int]:
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "script.py").write_text("")
    lib = REPOSITORY / "workflow" / "lib"
    config = ["--config", f"lib={lib}", *(["changed=true"] if changed else [])]
    found = {}
    for name, *arguments in (("plan", "scripts", "-n", "-q"), ("run", "--cores", "1")):
        command = [sys.executable, "-m", "snakemake", *arguments, *config, f"counts={name}.json"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        found[name] = json.loads((folder / f"{name}.json").read_text())
    return {
        "timers": found["run"]["timers"],
        "parsed": found["plan"]["parsed"],
        "collections": found["plan"]["collections"],
    }


@pytest.fixture
def restored(monkeypatch):
    """The process as it was before, after a test that changes it."""
    monkeypatch.setattr(
        JobScheduler, "_schedule_reevalutation", JobScheduler._schedule_reevalutation
    )
    monkeypatch.setattr(sourcecache, "parse_uri", sourcecache.parse_uri)
    monkeypatch.setattr(PersistenceBase, "has_metadata", PersistenceBase.has_metadata)
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)


def state():
    return (
        JobScheduler._schedule_reevalutation,
        sourcecache.parse_uri,
        PersistenceBase.has_metadata,
        gc.get_threshold(),
    )


def test_the_installed_snakemake_is_the_tested_one():
    """With another, measure the changes with it, and then name it in ``TESTED``."""
    assert snakemake.__version__.startswith(f"{TESTED}.")


@pytest.mark.parametrize("version", ["9.26.4", "9.28.0", "9.270.0", "10.27.1"])
def test_with_another_version_nothing_is_changed_and_the_log_says_so(version, restored):
    before, said = state(), []
    change_snakemake(CHANGES, said.append, version)
    change_snakemake(CHANGES, None, version)
    assert state() == before
    (line,) = said
    assert "\n" not in line
    assert f"Snakemake {version}:" in line
    for change in CHANGES:
        assert change.name in line


@pytest.mark.parametrize("version", [TESTED, f"{TESTED}.1", f"{TESTED}.99"])
def test_with_a_tested_version_all_is_changed_without_a_word(version, restored):
    before, said = state(), []
    change_snakemake(CHANGES, said.append, version)
    assert not said
    for one, other in zip(state(), before, strict=True):
        assert one != other
    once = state()
    change_snakemake(CHANGES, said.append, version)
    assert state() == once


def test_a_look_that_is_due_is_not_scheduled_again(restored, monkeypatch):
    started = []

    class Timer:
        def __init__(self, delay, function):
            self.delay, self.function = delay, function

        def start(self):
            started.append(self)

    class Scheduler:
        looks = 0

        @property
        def _open_jobs(self):
            return self

        def release(self):
            self.looks += 1

    monkeypatch.setattr(snakemake_internals.threading, "Timer", Timer)
    scheduler = Scheduler()
    for _ in range(3):
        snakemake_internals.schedule_one_reevaluation(scheduler, 1)
    assert [timer.delay for timer in started] == [1]
    started[0].function()
    assert scheduler.looks == 1
    snakemake_internals.schedule_one_reevaluation(scheduler, 1)
    assert len(started) == 2


@pytest.fixture
def started(monkeypatch):
    """The interpreters by which scripts would be started."""
    commands = []
    record = lambda job, command, py_exec, **_: commands.append(py_exec)  # noqa: E731
    monkeypatch.setattr(PythonScript, "_execute_cmd", record)
    return commands


def start_script(path, interpreter):
    """Start a script as ``PythonScript.execute_script`` does."""
    job = PythonScript.__new__(PythonScript)
    job.path = sourcecache.infer_source_file(str(path))
    job._execute_cmd("{py_exec} {fname:q}", py_exec=interpreter, fname="copy.py")


def test_scripts_of_the_workflow_are_started_by_the_command(started, tmp_path):
    replace_interpreter("other command", tmp_path)
    start_script(tmp_path / "script.py", sys.executable)
    start_script(tmp_path / "folder" / ".." / "script.py", sys.executable)
    assert started == ["other command"] * 2


def test_the_interpreter_of_an_environment_or_container_is_left(started, tmp_path):
    replace_interpreter("other command", tmp_path)
    start_script(tmp_path / "script.py", "python")
    assert started == ["python"]


@pytest.mark.parametrize("path", ["script.py", "scripts/../script.py", "scripts2/script.py"])
def test_scripts_of_another_workflow_are_left(started, tmp_path, path):
    replace_interpreter("other command", tmp_path / "scripts")
    start_script(tmp_path / path, sys.executable)
    assert started == [sys.executable]


def test_a_script_that_is_not_a_file_is_left(started, tmp_path):
    replace_interpreter("other command", tmp_path)
    start_script("https://example.org/script.py", sys.executable)
    assert started == [sys.executable]


@pytest.mark.workflow
def test_timers_are_needed_and_one_is_enough(counts):
    """If the first assertion fails, Snakemake no longer needs the change: delete it."""
    without, changed = counts
    assert without["timers"] > QUICK * (SECONDS - 1), "change no longer needed"
    assert changed["timers"] < without["timers"] / 2


@pytest.mark.workflow
def test_parsing_is_needed_once(counts):
    """If the first assertion fails, Snakemake no longer needs the change: delete it."""
    without, changed = counts
    assert without["parsed"] >= JOBS, "change no longer needed"
    assert changed["parsed"] < JOBS / 4


@pytest.mark.workflow
def test_garbage_is_collected_too_often(counts):
    """If this fails, Snakemake or Python no longer needs the change: delete it."""
    without, changed = counts
    assert without["collections"] > 5 * changed["collections"], "change no longer needed"


GROWING = """
if config.get("lib"):
    import sys
    sys.path.insert(0, config["lib"])
    from snakemake_internals import compare_by_any_output
    compare_by_any_output()

rule all:
    input: "a.csv"

rule make:
    output: "a.csv", *config.get("more", [])
    params: code=config["code"]
    shell: "touch {output}"
"""


@pytest.mark.parametrize(
    ("lib", "code", "runs"), [("", 2, False), ("lib", 2, True), ("lib", 1, False)]
)
def test_a_change_repeats_a_job_that_has_gained_an_output(tmp_path, lib, code, runs):
    """Without the change to Snakemake it does not: the first case fails once that is not needed."""
    (tmp_path / "Snakefile").write_text(GROWING)

    def snakemake(*arguments):
        command = [sys.executable, "-m", "snakemake", "--cores", "1", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    snakemake("--config", "code=1")
    place = [f"lib={REPOSITORY / 'workflow' / 'lib'}"] if lib else []
    said = snakemake("-n", "--config", f"code={code}", "more=['a.npz']", *place)
    assert ("rule make" in said) == runs, said
