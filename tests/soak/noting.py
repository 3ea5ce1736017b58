"""What the jobs of a study execute, noted while they run.

Each script is preceded by a hook that notes the functions called, the modules imported and the
files opened. What is called while a module is imported is left out, since a job may not need what
it gives, and so is what the modules of :mod:`mishear.runtime.fingerprint.infrastructure` call, and
what runs in processes that a job starts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mishear.runtime.fingerprint.infrastructure import INFRASTRUCTURE
from tests.projects import Project, by_names, new_project
from tests.soak.study import EVERY_RULE

NOTES = "executed"
"""Folder of what each job has noted."""

HOOK = """
import atexit, json, os, sys, threading, time

def _noting(folder, here, infrastructure):
    functions, files, threads = set(), set(), threading.local()

    def left_out_here():
        return threads.__dict__.setdefault("left_out", [])

    def note(frame, event, argument):
        code, left_out = frame.f_code, left_out_here()
        if event == "call":
            if code.co_name == "<module>" or frame.f_globals.get("__name__") in infrastructure:
                left_out.append(code)
            elif not left_out and code.co_filename.startswith(here):
                functions.add((code.co_filename, code.co_qualname, code.co_names))
        elif event == "return" and left_out and left_out[-1] is code:
            left_out.pop()

    def opened(event, arguments):
        if event == "open" and isinstance(arguments[0], str) and not left_out_here():
            name = arguments[0]
            if name.startswith(here) and not name.endswith(".py") and "__pycache__" not in name:
                files.add(name)

    def write(job=snakemake):
        sys.setprofile(None)
        modules = [getattr(each, "__file__", None) for each in list(sys.modules.values())]
        noted = {
            "output": str(job.output[0]),
            "functions": sorted(functions),
            "modules": sorted(each for each in modules if each and each.startswith(here)),
            "files": sorted(files),
        }
        with open(os.path.join(folder, f"{time.time_ns()}-{os.getpid()}.json"), "w") as file:
            json.dump(noted, file)

    atexit.register(write)
    sys.addaudithook(opened)
    threading.setprofile(note)
    sys.setprofile(note)

_noting(%(folder)r, %(here)r, %(infrastructure)r)
"""


@dataclass(frozen=True)
class Noted:
    """What was noted of a study's jobs, each called by its first output.

    Attributes
    ----------
    functions
        For each function, by its file and qualified name, the jobs that called it.
    names
        For each function the names of its module that it may read.
    modules, files
        For each module and each other file the jobs that imported or opened it.
    """

    functions: Mapping[tuple[str, str], set[str]]
    names: Mapping[tuple[str, str], set[str]]
    modules: Mapping[str, set[str]]
    files: Mapping[str, set[str]]


def read_notes(folder: Path) -> Noted:
    """Read what the jobs of a study have noted."""
    noted = Noted({}, {}, {}, {})
    for path in (folder / NOTES).glob("*.json"):
        each = json.loads(path.read_text())
        job = by_names(each["output"]).removeprefix("results/")
        for file, name, reads in each["functions"]:
            # What a lambda or a comprehension reads, the function around it reads.
            name = name.partition(".<locals>.<")[0]
            if "<" in name.replace("<locals>", "") or not file.endswith(".py"):
                continue  # one of a class or a module, or a template
            noted.functions.setdefault((file, name), set()).add(job)
            noted.names.setdefault((file, name), set()).update(reads)
        for kind in ("modules", "files"):
            for file in each[kind]:
                getattr(noted, kind).setdefault(file, set()).add(job)
    exempt = [name.replace(".", "/") + ".py" for name in INFRASTRUCTURE]
    for file in [each for each in noted.modules if each.endswith(tuple(exempt))]:
        del noted.modules[file]
    return noted


def finished(folder: Path) -> Project:
    """Return a project in which a study was finished by jobs that noted what they executed."""
    project = new_project(folder, EVERY_RULE)
    (folder / NOTES).mkdir()
    here = f"{folder / 'src'}/"
    settings = {"folder": str(folder / NOTES), "here": here, "infrastructure": set(INFRASTRUCTURE)}
    for script in (folder / "workflow" / "scripts").glob("*.py"):
        script.write_text(HOOK % settings + script.read_text())
    jobs = project.planned()
    project.run(cold=True)
    noted = {
        by_names(json.loads(path.read_text())["output"]).removeprefix("results/")
        for path in (folder / NOTES).glob("*.json")
    }
    assert noted == jobs, f"these jobs noted nothing: {jobs - noted}"
    return project
