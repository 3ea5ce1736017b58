"""A Slurm cluster for the tests of this folder, and runs of the workflow on it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from warm_start.setup import SWITCH

from tests.projects import Project

MINI_SLURM = Path(__file__).parent / "mini-slurm"
PROGRAMS = {
    "munged": "munge",
    "slurmctld": "slurmctld",
    "slurmd": "slurmd",
    "sbatch": "slurm-client",
}
# What the profile leaves to its user, as this cluster needs it; and no long wait before Snakemake
# first asks whether a job has ended (then it asks ever more rarely: after 1, 12, 33 and 64 s).
OPTIONS = {
    "--profile": "profiles/slurm",
    "--configfile": "config/study.yaml",
    "--cores": "2",
    "--slurm-status-command": "squeue",
    "--slurm-init-seconds-before-status-checks": "1",
}
SECONDS_FOR_A_RUN = 300


@dataclass
class Slurm:
    """A running cluster.

    Attributes
    ----------
    folder
        Where its files lie.
    """

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        own_starters = {name: value for name, value in os.environ.items() if name != SWITCH}
        return own_starters | {
            "SLURM_CONF": str(self.folder / "etc" / "slurm.conf"),
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
        }

    def ask(self, *command: str) -> str:
        """What one of Slurm's own commands prints."""
        command = ["timeout", "-k", "1", "10", *command]
        return subprocess.check_output(command, env=self.environment, text=True)

    def active(self) -> list[str]:
        """Jobs that wait or run, or are about to end."""
        return self.ask("squeue", "--noheader", "--format=%i %T").splitlines()

    def ever_submitted(self) -> int:
        """How many jobs there have been."""
        return len(self.ask("squeue", "--noheader", "--states=all").splitlines())

    def start(self, project: Project, *arguments: str) -> subprocess.Popen:
        """Start the workflow on the cluster, as a shell would."""
        options = [part for option in OPTIONS.items() for part in option]
        return subprocess.Popen(
            [sys.executable, "-m", "snakemake", *arguments, *options],
            cwd=project.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, project: Project, *arguments: str) -> tuple[int, str]:
        """A whole run of the workflow on the cluster: its exit status and what it prints."""
        return finish(self.start(project, *arguments))


def finish(process: subprocess.Popen) -> tuple[int, str]:
    """Wait for a run, but not for ever: its exit status and what it printed."""
    try:
        output, _ = process.communicate(timeout=SECONDS_FOR_A_RUN)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, output


def within(seconds: float, condition) -> bool:
    """Whether something comes to hold in this time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def mini_slurm(*arguments: str) -> subprocess.CompletedProcess:
    command = ["timeout", "-k", "5", "120", str(MINI_SLURM), *arguments]
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="session")
def slurm():
    """A cluster with two GPUs (simulated), stopped after the tests, however they end."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    missing = [package for name, package in PROGRAMS.items() if not shutil.which(name, path=path)]
    if missing:
        pytest.skip(f"Slurm is not installed (Debian packages: {' '.join(missing)})")
    # Not in pytest's own folder: munged wants one that everybody may enter.
    cluster = Slurm(Path(tempfile.mkdtemp(prefix="mishear-slurm-")))
    try:
        started = mini_slurm("start", str(cluster.folder), str(os.getpid()))
        assert started.returncode == 0, started.stderr
        yield cluster
    finally:
        mini_slurm("stop", str(cluster.folder))
        shutil.rmtree(cluster.folder)
