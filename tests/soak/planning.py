"""What Snakemake plans for a config: every job, what it is made of, and whether it would run."""

import os
import pickle
import re
import sys
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.projects import Project

Key = tuple[str, ...]
"""A rule and the names of what a job makes, without digests."""

_DIGEST = re.compile(r"-[0-9a-f]{10}(?=[/.,']|$)")


@dataclass(frozen=True)
class Planned:
    """A job of a plan.

    Attributes
    ----------
    made_of
        Its parameters, among them the hash of its code, and the names of its inputs.
    needs
        The jobs that make its inputs.
    runs
        Whether Snakemake would run it now.
    """

    made_of: str
    needs: frozenset[Key]
    runs: bool


@dataclass(frozen=True)
class Plan:
    """What Snakemake plans.

    Attributes
    ----------
    jobs
        All jobs of the study, those that need not run included.
    refusal
        What was said if nothing was planned.
    """

    jobs: Mapping[Key, Planned]
    refusal: str = ""

    @property
    def reruns(self) -> set[Key]:
        return {key for key, job in self.jobs.items() if job.runs}


def predicted(before: Plan, after: Plan) -> set[Key]:
    """Return the jobs that must run after a change, as they follow from the graph of the jobs.

    Those are the ones that are made of something else than before, and all that follow from them.
    Nothing that Snakemake or Mishear keeps on disk is looked at.
    """
    found: dict[Key, bool] = {}
    makers = {output: key for key in before.jobs for output in key[1:]}

    def is_there(key: Key) -> bool:
        """Whether it was made of the same, perhaps by a rule that makes more than that."""
        former = {makers.get(output) for output in key[1:]} or {key}
        job = before.jobs.get(former.pop()) if len(former) == 1 else None
        return job is not None and job.made_of == after.jobs[key].made_of

    def must_run(key: Key) -> bool:
        if key not in found:
            found[key] = not is_there(key) or any(map(must_run, after.jobs[key].needs))
        return found[key]

    return {key for key in after.jobs if must_run(key)}


def planned(project: Project) -> Plan:
    """Plan a project in a fork of this process."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        child = os.fork()
        if child == 0:
            try:
                said.write_bytes(pickle.dumps(_plan(project.folder, said.with_name("log"))))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        return pickle.loads(said.read_bytes())


def read_code(project: Project) -> None:
    """Plan a project in this process, so that those forked from it need not read its code."""
    import torch  # noqa: F401  for the checks of classes

    here, streams = Path.cwd(), [os.dup(stream) for stream in (1, 2)]
    with tempfile.TemporaryDirectory() as folder:
        _plan(project.folder, Path(folder) / "log")
    os.chdir(here)
    for number, stream in enumerate(streams, 1):
        os.dup2(stream, number)
        os.close(stream)


def _plan(folder: Path, log: Path) -> Plan:
    """Run a dry run in this process."""
    import snakemake.cli
    import snakemake.workflow

    workflows: list[Any] = []
    build = snakemake.workflow.Workflow._build_dag

    def noted(self, *arguments, **options):
        workflows.append(self)
        return build(self, *arguments, **options)

    snakemake.workflow.Workflow._build_dag = noted
    os.chdir(folder)
    sys.argv = ["snakemake", "-n", "--cores", "2", "--configfile", "config/study.yaml"]
    with log.open("w") as file, redirect_stdout(file), redirect_stderr(file):
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            snakemake.cli.main(sys.argv[1:])
            status: Any = 0
        except SystemExit as end:
            status = end.code
    snakemake.workflow.Workflow._build_dag = build
    if status:
        return Plan({}, log.read_text()[-2000:])
    return Plan(_jobs(workflows[-1].dag))


def _jobs(dag: Any) -> dict[Key, Planned]:
    return {
        _key(job): Planned(
            made_of=_without_digests(
                {
                    "params": sorted(job.params.items()),
                    "inputs": sorted(map(str, job.input)),
                    "names": sorted(job.input.keys()),
                }
            ),
            needs=frozenset(map(_key, dag.dependencies[job])),
            runs=bool(dag.needrun(job)),
        )
        for job in dag.jobs
    }


def _key(job: Any) -> Key:
    return (job.rule.name, *(_without_digests(output) for output in job.output))


def _without_digests(content: Any) -> str:
    return _DIGEST.sub("", str(content))
