"""A study's report, which is of one config at a time.

Results of different configs have different places, but a report is named after its study alone.
When the config changes, Snakemake makes again what differs, unless it compares times only
(``--rerun-triggers mtime``). Then a file of the report may be newer than its inputs and still be of
another config. So the moment since when the config is as it is now is kept.
"""

from pathlib import Path

from mishear.config.config import Config
from mishear.core.canonical import canonical
from mishear.study import paths

ABOUT_THE_MACHINE = {"device", "jobs_per_gpu", "warm_start"}


def files_of_others(config: Config, state: Path, is_dry: bool) -> list[str]:
    """Return the files of a study's report that may be of another config, and keep the moment.

    Parameters
    ----------
    config
        The config of this run.
    state
        Folder for the moments of all studies.
    is_dry
        Whether the run makes nothing; the moment is not kept then.

    Returns
    -------
    list of str
        Those that are older than the config.
    """
    kept = state / config.study.name
    text = canonical(config.model_dump(mode="json", exclude=ABOUT_THE_MACHINE))
    folder = Path(paths.REPORT.format(study=config.study.name))
    there = [file for file in folder.rglob("*") if file.is_file()]
    try:
        is_same = kept.read_text(encoding="utf-8") == text
    except OSError:
        is_same = False
    if is_same:
        since = kept.stat().st_mtime_ns
        return [str(file) for file in there if file.stat().st_mtime_ns < since]
    if not is_dry:
        state.mkdir(parents=True, exist_ok=True)
        kept.write_text(text, encoding="utf-8")
    return list(map(str, there))
