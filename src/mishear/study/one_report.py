"""A study's report, which is of one config at a time.

Results of different configs have different places, but a report is named after its study alone.
When the config changes, or a file of the user's that it names, Snakemake makes again what differs,
unless it compares times only (``--rerun-triggers mtime``) or has no records of its own, as after a
copy of the results. Then a file of the report may be newer than its inputs and still be of another
config. So the moment since when the config is as it is now is kept, among the results.
"""

from pathlib import Path

from mishear.core.canonical import canonical
from mishear.runtime.contents import record_of
from mishear.study import paths
from mishear.study.own_files import given_files
from mishear.study.plan import Plan

ABOUT_THE_MACHINE = {"device", "jobs_per_gpu", "warm_start"}


def moment_file(study: str, prefix: str = "") -> Path:
    """Return the file whose time is the moment since when the config of a study is as it says."""
    return record_of(Path(prefix + paths.report(study, "config.json")))


def files_of_others(plan: Plan, prefix: str, is_dry: bool) -> list[str]:
    """Return the files of a study's report that may be of another config, and keep the moment.

    Parameters
    ----------
    plan
        The plan of this run.
    prefix
        What the paths of results begin with, where another workflow uses this one as a module.
    is_dry
        Whether the run makes nothing; the moment is not kept then.

    Returns
    -------
    list of str
        Those that are older than the config.
    """
    config, files = plan.config, given_files(plan)
    kept = moment_file(config.study.name, prefix)
    content = config.model_dump(mode="json", exclude=ABOUT_THE_MACHINE)
    text = canonical([content, dict(zip(files, plan.hashes.of_all(files), strict=True))])
    folder = Path(prefix + paths.REPORT.format(study=config.study.name))
    there = [file for file in folder.rglob("*") if file.is_file()]
    try:
        is_same = kept.read_text(encoding="utf-8") == text
    except OSError:
        is_same = False
    if is_same:
        since = kept.stat().st_mtime_ns
        return [str(file) for file in there if file.stat().st_mtime_ns < since]
    if not is_dry:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    return list(map(str, there))
