"""How far a study has come: which of its results are there, and which logs are about the others."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mishear.runtime.job_logs import JobLog, read_log
from mishear.study import paths
from mishear.study.figures import figures
from mishear.study.identity import Store
from mishear.study.one_report import files_of_others
from mishear.study.places import DIGEST
from mishear.study.report_plan import FILES, report_inputs, study_tables, victim_pages
from mishear.study.used import files_with_inputs

REPORT = "report"
STAGES = {
    "features": ("corpus", "split", "waveforms", "spectrograms", "poisoned"),
    "trainings": ("victim",),
    "evaluations": ("evaluation", "targeted", "certificate", "corrupted", "transfer", "detection"),
    "checks": ("check", "baselines", "probe"),
    "audio": (
        "clean_sound",
        "poisoned_sound",
        "round_trip",
        "inversion",
        "quality",
        "transcripts",
    ),
}
"""The kinds of :data:`mishear.study.places.PLACES` in each stage; other files are the report's."""

_STAGE_OF = {kind: stage for stage, kinds in STAGES.items() for kind in kinds}
_DIGEST_OF_LOG = re.compile(rf"-({DIGEST})\.log$")


@dataclass
class Result:
    """The files that one job makes, or several jobs for parts of it.

    Attributes
    ----------
    stage : str
        A key of :data:`STAGES`, or :data:`REPORT`.
    log : str
        How the names of its logs go on below the first folder in ``logs``.
    digest : str
        What ends the names of its logs; empty for a file of the report.
    files : list of str
        Where they are kept.
    """

    stage: str
    log: str
    digest: str = ""
    files: list[str] = field(default_factory=list)

    @property
    def is_there(self) -> bool:
        """Whether all of its files are there."""
        return all(map(_exists, self.files))


def results(store: Store) -> list[Result]:
    """Return what a study consists of.

    The user's own files are left out.
    """
    found: dict[tuple[str, ...], Result] = {}
    for path in sorted(files_with_inputs(store) | set(report_files(store))):
        kept = store.kept(path)
        if kept:
            log = kept.place.text.split("/", 2)[2]
            new = Result(_STAGE_OF[kept.place.kind], log, kept.digest)
            found.setdefault(kept.job, new).files.append(store.path(path))
        elif path.startswith("results/"):
            found[(path,)] = Result(REPORT, path.split("/", 2)[2], files=[path])
    return list(found.values())


def report_files(store: Store) -> Iterator[str]:
    """Yield the files of the report of a study, the check of its requirements included."""
    config = store.plan.config
    names = ["report.html", *FILES, *study_tables(config)]
    names += ["gate.txt"] if config.study.require else []
    names += [figure.path for figure in figures(config)]
    yield from (paths.report(config.study.name, name) for name in names)
    yield from victim_pages(config)


def counts(found: list[Result]) -> dict[str, tuple[int, int]]:
    """Return for each stage of a study how many results are there, and how many there will be."""
    stages: dict[str, list[bool]] = defaultdict(list)
    for each in found:
        stages[each.stage].append(each.is_there)
    return {
        stage: (sum(stages[stage]), len(stages[stage]))
        for stage in (*STAGES, REPORT)
        if stage in stages
    }


def logs_of_missing(found: list[Result], study: str, logs: Path) -> Iterator[JobLog]:
    """Yield the logs of the jobs whose results are not there.

    Parameters
    ----------
    found
        The results of a study.
    study
        Its name.
    logs
        The folder with all logs.
    """
    missing = [each for each in found if not each.is_there]
    by_digest: dict[str, list[str]] = defaultdict(list)
    for each in missing:
        by_digest[each.digest].append(each.log)
    for path in sorted(logs.rglob("*.log")):
        rest = path.relative_to(logs).as_posix().partition("/")[2]
        digest = _DIGEST_OF_LOG.search(rest)
        if digest:
            name = rest[: digest.start()]
            is_meant = any(
                name == each or name.startswith(f"{each}/") for each in by_digest[digest[1]]
            )
        else:
            # One job makes several files of the report, and its log has a name of its own.
            is_meant = bool(by_digest[""]) and path.is_relative_to(logs / "report" / study)
            is_meant |= rest.startswith("packages") and bool(by_digest[""])
        if is_meant:
            try:
                yield read_log(path)
            except OSError:
                continue


def standing_of_report(store: Store) -> str:
    """Say whether the report is there, and whether it is up to date as far as times show."""
    config = store.plan.config
    report = paths.report(config.study.name, "report.html")
    if not _exists(report):
        return "not written yet."
    if report in files_of_others(store.plan, "", is_dry=True):
        return f"{report} is older than the config, or from a run that did not record its config."
    written = Path(report).stat().st_mtime
    inputs = sorted(set(map(store.path, report_inputs(config).values())))
    newer = [path for path in inputs if _exists(path) and Path(path).stat().st_mtime > written]
    absent = [path for path in inputs if not _exists(path)]
    if absent:
        return f"{report} exists, but {len(absent)} of its inputs do not, such as {absent[0]}."
    if newer:
        return (
            f"{report} is older than {len(newer)} of its inputs, such as {newer[0]}. The next run "
            f"writes it again if their content has changed."
        )
    return f"{report} is up to date: newer than all of its inputs."


def _exists(path: str) -> bool:
    return Path(path).exists()
