"""A run that is killed at any moment is completed by the same command, with the same numbers."""

import contextlib
import csv
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest
from warm_start.setup import SWITCH

from tests.unit.corpora.serving import Server
from tests.workflow.test_bad_input import use_folder, write_recordings
from tests.workflow.test_tiny_study import VICTIM, summary
from tests.workflow.warm_starts import is_alive, parent_of

KILLS = int(os.environ.get("MISHEAR_KILLS", "4"))
"""More for a longer run: MISHEAR_KILLS=25 pytest tests/workflow/test_interruption.py -k kill"""

SEED = int(os.environ.get("MISHEAR_KILL_SEED", "0"))

WANTED = {"warm": [], "cold": ["results/reports/tiny/summary.csv"]}
"""What a run that is killed makes; only the numbers where each job takes longer to start."""


def numbers(project):
    rows = summary(project)
    for row in rows:
        del row["seconds"]
    return rows


def start(project, *arguments) -> subprocess.Popen:
    """Start a run in a session of its own; what it prints goes to ``run.log``."""
    command = [sys.executable, "-m", "snakemake", *arguments, "--cores", "2"]
    with (project.folder / "run.log").open("w") as log:
        return subprocess.Popen(
            [*command, "--configfile", "config/study.yaml"],
            cwd=project.folder,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


def printed(project) -> str:
    return project.text("run.log")


def wait_for(process, condition, seconds=120):
    """Wait until a condition holds or the process has ended."""
    end = time.monotonic() + seconds
    while not condition() and process.poll() is None:
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.05)


def processes_of(process) -> list[int]:
    """Living processes of the session of a process that may be gone itself."""
    done = subprocess.run(
        ["pgrep", "--session", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(line) for line in done.stdout.split() if is_alive(int(line))]


def command_of(process: int) -> str:
    try:
        return (Path("/proc") / str(process) / "cmdline").read_text()
    except OSError:
        return ""


def ends_within(seconds, process) -> bool:
    """Whether all processes of a session end soon."""
    end = time.monotonic() + seconds
    while processes_of(process) and time.monotonic() < end:
        time.sleep(0.1)
    return not processes_of(process)


@pytest.fixture(params=["warm", "cold"])
def started(request, monkeypatch):
    """How the jobs of a test's runs start."""
    if request.param == "cold":
        monkeypatch.setenv(SWITCH, "0")
    else:
        monkeypatch.delenv(SWITCH, raising=False)
    return request.param


def starters_of(process) -> list[int]:
    """The starter of a run, in a list that is empty if there is none."""
    forked = [p for p in processes_of(process) if "starter.py" in command_of(p)]
    return [p for p in forked if parent_of(p) not in forked]


def jobs_of(process) -> list[int]:
    """Processes that run scripts, in which the work is done."""
    starters = starters_of(process)
    cold = [p for p in processes_of(process) if ".snakemake/scripts" in command_of(p)]
    cold = [p for p in cold if "client.py" not in command_of(p) and "bash" not in command_of(p)]
    return cold + [p for p in processes_of(process) if parent_of(p) in starters]


def all_of(process) -> list[int]:
    return [process.pid, *processes_of(process)]


TARGETS = {
    "the starter": starters_of,
    "a job": lambda process: jobs_of(process)[:1],
    "Snakemake": lambda process: [process.pid],
    "all processes": all_of,
}
"""What is killed in a run; where it is not Snakemake, that follows a little later."""


@pytest.fixture
def kill(project, started):
    """A function that starts a run, kills it after some jobs, and says what was killed first."""

    def start_and_kill(jobs, delay, target, then):
        process = start(project, *WANTED[started])
        wait_for(process, lambda: printed(project).count("Finished jobid") >= jobs)
        time.sleep(delay)
        killed = TARGETS[target](process) if process.poll() is None else []
        kill_all(killed)
        if process.pid not in killed:
            time.sleep(then)
        process.kill()
        process.wait()
        return killed, process

    return start_and_kill


def kill_all(processes) -> None:
    for each in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def test_a_killed_run_is_completed_with_the_same_numbers(finished, project, kill, started):
    moments = random.Random(SEED)
    for number in range(KILLS):
        jobs = moments.randint(0, 36 // KILLS)
        delay, then = moments.uniform(0, 1), moments.uniform(0, 1)
        target = list(TARGETS)[(SEED + number) % len(TARGETS)]
        killed, process = kill(jobs, delay, target, then)
        print(f"kill {number}: {target} after {jobs} jobs and {delay:.1f} s: {killed}")
        assert ends_within(20, process), "jobs outlive the Snakemake that started them"
        assert "Traceback" not in printed(project)
    project.run(*WANTED[started])
    assert numbers(project) == numbers(finished)
    assert "Nothing to be done" in project.run(*WANTED[started])
    left = [path for path in project.folder.glob("results/**/*") if ".partial" in path.name]
    assert left == []
    assert list(project.folder.glob("results/**/unfinished.pt")) == []


SLOW = {"steps": 20_000, "binary_search_steps": 9, "stepsize": 1e-6}
"""An attack that would take minutes."""

SLOW_LOG = f"logs/evaluate/{VICTIM}/none/cw/epsinf.log"
SLOW_RESULTS = f"results/evaluations/{VICTIM}/none/cw/epsinf.csv"


def results(project):
    """The rows of that evaluation without their seconds."""
    rows = list(csv.DictReader(io.StringIO(project.text(SLOW_RESULTS))))
    for row in rows:
        del row["seconds"]
    return rows


@pytest.fixture
def at_work(finished, tmp_path, started):
    """The finished study with a changed attack, and the run that is just evaluating it."""
    project = finished.copy(tmp_path / "copy")
    config = project.config
    config["attacks"]["cw"]["params"] = SLOW
    project.config = config
    project.file(SLOW_LOG).unlink()
    # A training comes before: the first job of a run starts cold in any case.
    project.file(f"results/victims/{VICTIM}/victim.pt").unlink()
    project.file(SLOW_RESULTS).unlink()
    process = start(project, SLOW_RESULTS)

    def is_computing():
        log = project.file(SLOW_LOG)
        return log.exists() and "computing on" in log.read_text()

    wait_for(process, is_computing)
    assert process.poll() is None, printed(project)
    yield project, process
    process.kill()
    process.wait()


@pytest.mark.parametrize("to", ["the terminal", "Snakemake alone"])
def test_ctrl_c_ends_within_seconds_and_what_was_begun_is_made_again(finished, at_work, to):
    project, process = at_work
    if to == "the terminal":
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    assert process.returncode != 0
    assert ends_within(10, process)
    assert "Traceback" not in printed(project)
    assert "interrupted" in project.text(SLOW_LOG)
    assert not project.file(SLOW_RESULTS).exists()
    project.config = finished.config
    project.run(SLOW_RESULTS)
    assert results(project) == results(finished)


@pytest.mark.parametrize("seconds", [0, 0.1, 0.2, 0.4])
def test_ctrl_c_while_the_plan_is_made_is_one_message(project, seconds):
    """Wherever Snakemake is: what is raised in a function of the workflow it shows as an error."""
    process = start(project)
    wait_for(process, lambda: "Building DAG of jobs" in printed(project))
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    assert process.returncode != 0
    said = printed(project)
    assert ("Interrupted while no job was running." in said) != ("Error in rule" in said)
    assert "Traceback" not in said


def test_a_second_run_is_refused_and_a_killed_one_needs_no_unlocking(finished, at_work):
    project, process = at_work
    said = project.failure(SLOW_RESULTS)
    assert f"Another run is active in this folder: process {process.pid}" in said
    assert process.poll() is None
    process.kill()
    process.wait()
    assert ends_within(20, process)
    project.config = finished.config
    said = project.run(SLOW_RESULTS)
    assert "The last run in this folder was killed; its lock is removed." in said
    assert results(project) == results(finished)


def test_a_killed_job_fails_the_run_and_is_made_again(finished, at_work, started):
    project, process = at_work
    assert bool(starters_of(process)) == (started == "warm")
    (job,) = jobs_of(process)
    os.kill(job, signal.SIGKILL)
    assert process.wait(timeout=60) == 1
    assert ends_within(10, process)
    assert "Traceback" not in printed(project)
    project.config = finished.config
    project.run(SLOW_RESULTS)
    assert results(project) == results(finished)


@pytest.mark.parametrize("started", ["warm"], indirect=True)
def test_a_run_goes_on_after_the_death_of_its_starter(at_work):
    project, process = at_work
    (job,) = jobs_of(process)
    kill_all(starters_of(process))
    wait_for(process, lambda: jobs_of(process) not in ([], [job]))
    assert not is_alive(job)
    (again,) = jobs_of(process)
    assert parent_of(again) not in starters_of(process)
    assert process.poll() is None
    assert printed(project).count("No warm start: the starter has ended.") == 1
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    assert ends_within(10, process)


ALONE = ["cold"]
"""How the first job of a run starts in any case."""


def epochs_of(project, history):
    """What is the same however often a training was interrupted: all but the times."""
    rows = csv.DictReader(project.text(history).splitlines())
    return [{**row, "seconds": None} for row in rows]


@pytest.mark.parametrize("started", ALONE, indirect=True)
def test_a_killed_training_goes_on_from_its_last_epoch(finished, tmp_path, started):
    project = finished.copy(tmp_path / "copy")
    config = project.config
    config["recipes"]["standard"] = {"epochs": 40, "batch_size": 4}
    project.config = config
    target = f"results/victims/{VICTIM}/history.csv"
    project.run(target)
    whole = epochs_of(project, target)
    for file in project.file(target).parent.iterdir():
        file.unlink()
    log = project.file(f"logs/train/{VICTIM}.log")
    log.unlink()
    process = start(project, target)
    wait_for(process, lambda: log.exists() and "epoch 3:" in log.read_text())
    process.kill()
    process.wait()
    assert ends_within(20, process)
    project.run(target)
    assert "resuming after epoch" in log.read_text()
    assert epochs_of(project, target) == whole


@pytest.mark.parametrize("started", ALONE, indirect=True)
def test_a_killed_download_goes_on_where_it_was(project, tmp_path, started):
    recordings = write_recordings(tmp_path / "recordings")
    with tarfile.open(tmp_path / "recordings.tar.gz", "w:gz") as archive:
        archive.add(recordings, "recordings")
    server, hold = Server(), threading.Event()
    server.content = (tmp_path / "recordings.tar.gz").read_bytes()
    server.behaviours = [{"cut": len(server.content) // 2, "stall": hold}, {}]
    threading.Thread(target=server.http.serve_forever, args=(0.01,), daemon=True).start()
    use_folder(project, server.url)
    target = "results/corpora/tiny/index.csv"
    process = start(project, target)
    parts = lambda: [p for p in project.folder.glob("results/**/*.part") if p.stat().st_size]  # noqa: E731
    wait_for(process, parts)
    left = parts()[0].stat().st_size
    process.kill()
    process.wait()
    assert ends_within(20, process)
    hold.set()
    project.run(target)
    server.http.shutdown()
    assert server.ranges()[0] is None
    assert server.ranges()[1] == f"bytes={left}-"
    assert len(project.text(target).splitlines()) == 1 + 24


FULL_DISK = """
mount -t tmpfs -o size={size} none results && mkdir -p results && cp -a ../kept/. results/
{snakemake} > full.log 2>&1; echo "exit status $?" >> full.log
mount -o remount,size=500m results
{snakemake} > room.log 2>&1; echo "exit status $?" >> room.log
cp results/reports/tiny/summary.csv summary.csv
"""


def test_a_full_disk_is_said_and_nothing_is_lost(finished, tmp_path):
    """In a mount of its own, which ends with the test."""
    namespace = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    probe = "mount -t tmpfs none /mnt"
    if not shutil.which("unshare") or subprocess.run([*namespace, probe], check=False).returncode:
        pytest.skip("needs unshare(1) and the right to mount a file system in a namespace")
    project = finished.copy(tmp_path / "copy")
    (project.folder / "results").rename(tmp_path / "kept")
    (project.folder / "results").mkdir()
    used = sum(p.stat().st_blocks * 512 for p in (tmp_path / "kept").rglob("*") if p.is_file())
    config = project.config
    config["study"]["save_examples"] = True
    project.config = config
    run = f"{sys.executable} -m snakemake --cores 2 --configfile config/study.yaml"
    script = FULL_DISK.format(size=f"{used // 1024 + 64}k", snakemake=run)
    subprocess.run([*namespace, script], cwd=project.folder, check=True, timeout=600)
    full, room = project.text("full.log"), project.text("room.log")
    assert "exit status 1" in full
    assert "No space left on device" in full
    assert "Traceback" not in full
    assert "exit status 0" in room
    (project.folder / "results/reports/tiny").mkdir(parents=True)
    (project.folder / "summary.csv").rename(project.folder / "results/reports/tiny/summary.csv")
    assert numbers(project) == numbers(finished)


def test_a_folder_that_is_read_only_is_said_before_any_job(finished, tmp_path):
    namespace = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    if not shutil.which("unshare") or subprocess.run([*namespace, "true"], check=False).returncode:
        pytest.skip("needs unshare(1) and the right to mount a file system in a namespace")
    project = finished.copy(tmp_path / "copy")
    config = project.config
    config["attacks"]["fgsm"]["eps"] = [0.5, 0.75, 1.0]
    project.config = config
    run = f"{sys.executable} -m snakemake --cores 2 --configfile config/study.yaml"
    script = f"mount --bind . . && cd $PWD && mount -o remount,ro,bind . && cd $PWD && {run} 2>&1"
    done = subprocess.run(
        [*namespace, script], cwd=project.folder, capture_output=True, text=True, timeout=100
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    assert "annot" in done.stdout and "writ" in done.stdout
    assert "Execute" not in done.stdout
