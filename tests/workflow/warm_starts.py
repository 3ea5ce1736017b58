"""Scripts that are run warm without Snakemake, by a starter of their own, or cold."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from warm_start.protocol import ADDRESS, NOTE, OWNER, WAIT

from tests.projects import REPOSITORY

LIB = REPOSITORY / "workflow" / "lib"
CLIENT = [sys.executable, "-I", "-S", str(LIB / "warm_start" / "client.py")]
COLD = [sys.executable]

THREADS = [f"{name}_NUM_THREADS" for name in ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")]
"""What Snakemake sets for each job; one thread here."""

FEW_LIBRARIES = """
import sys
sys.path.append({lib!r})
{first}
from warm_start import libraries, starter
libraries.LIBRARIES = {libraries}
starter.main({address!r})
"""


@dataclass
class Run:
    """What takes the place of a run of Snakemake.

    Attributes
    ----------
    folder
        In which scripts are written and run.
    owner
        Stands for the Snakemake process.
    environment
        Of the jobs.
    started
        Their clients.
    """

    folder: Path
    owner: subprocess.Popen
    environment: dict[str, str]
    started: list[subprocess.Popen] = field(default_factory=list)

    @classmethod
    def begun(cls, folder: Path, **variables: str) -> "Run":
        folder.mkdir(parents=True, exist_ok=True)
        owner = subprocess.Popen(["sleep", "1000"], stdout=subprocess.DEVNULL)
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MISHEAR_", "PYTHON"))}
        clean |= dict.fromkeys(THREADS, "1")
        own = {ADDRESS: f"mishear-{owner.pid}-{secrets.token_hex(8)}", OWNER: str(owner.pid)}
        own[NOTE] = str(folder / "cold_starts")
        return cls(folder, owner, clean | own | {WAIT: "60"} | variables)

    def end(self) -> None:
        """End as Snakemake does; returns when the starter has gone."""
        for process in (self.owner, *self.started):
            process.kill()
            process.communicate()
        assert soon(lambda: not self.starters(), 10), "the starter outlives its run"

    def script(self, text: str, name: str = "script.py") -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def start(self, command: list[str], text: str, *arguments: str, **options) -> subprocess.Popen:
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        environment = self.environment | options.pop("variables", {})
        whole = [*options.pop("before", ()), *command, self.script(text), *arguments]
        options = {"cwd": self.folder, "env": environment, "text": True} | options
        self.started.append(subprocess.Popen(whole, **options))
        return self.started[-1]

    def finish(self, command: list[str], text: str, *arguments: str, **options):
        given = options.pop("input", None)
        if given is not None:
            options["stdin"] = subprocess.PIPE
        job = self.start(command, text, *arguments, **options)
        output, errors = job.communicate(given, timeout=60)
        return subprocess.CompletedProcess(job.args, job.returncode, output, errors)

    def cold(self, text: str, *arguments: str, **options) -> subprocess.CompletedProcess:
        return self.finish(COLD, text, *arguments, **options)

    def warm(self, text: str, *arguments: str, **options) -> subprocess.CompletedProcess:
        """A script that must be run warm."""
        self.begin()
        done = self.finish(CLIENT, text, *arguments, **options)
        assert self.said() == "", done.stderr
        return done

    def refused(self, text: str, *arguments: str, **options) -> subprocess.CompletedProcess:
        """A script that must be run cold; what was said of that is left out of ``stderr``."""
        self.begin()
        Path(self.environment[NOTE]).unlink(missing_ok=True)
        done = self.finish(CLIENT, text, *arguments, **options)
        first, _, done.stderr = done.stderr.partition("\n")
        assert first == f"No warm start: {self.said()}. Such jobs start cold."
        return done

    def said(self) -> str:
        """Why jobs start cold, if they do."""
        note = Path(self.environment[NOTE])
        return note.read_text() if note.exists() else ""

    def begin(self) -> None:
        """Begin a starter if there is none, as the first job of a run does."""
        if not self.starters():
            done = self.finish(CLIENT, "import os; print(os.getppid())")
            assert int(done.stdout) == os.getpid(), "the first job starts cold"

    def begin_with(self, *libraries: str, first: str = "") -> None:
        """Begin a starter that imports only some libraries, and before that runs ``first``."""
        address = self.environment[ADDRESS]
        code = FEW_LIBRARIES.format(lib=str(LIB), first=first, libraries=libraries, address=address)
        subprocess.run(
            [sys.executable, "-P", "-c", code, address],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=60,
        )

    def starters(self) -> list[int]:
        """Process ids of living starters of this run and of what they have forked."""
        return processes_with(self.environment[ADDRESS])

    def starter(self) -> int:
        """The starter, where it has no jobs."""
        (process,) = self.starters()
        return process


def processes_with(argument: str) -> list[int]:
    """Living processes with an argument in their command line, without zombies."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if argument.encode() in arguments:
            found.append(int(folder.name))
    return found


def state_of(process: int) -> list[str]:
    """The fields of ``/proc/PID/stat`` from the state on, or none if there is no such process."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def is_alive(process: int) -> bool:
    return state_of(process)[:1] not in ([], ["Z"])


def is_stopped(process: int) -> bool:
    return state_of(process)[:1] == ["T"]


def parent_of(process: int) -> int:
    """The parent's process id, or zero if the process is gone."""
    return int((state_of(process) or [0, 0])[1])


def soon(condition: Callable[[], object], seconds: float = 2) -> bool:
    """Whether a condition holds within some seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def freeze(process: int) -> None:
    """Stop a process, and wait until it is."""
    os.kill(process, signal.SIGSTOP)
    assert soon(lambda: is_stopped(process))
