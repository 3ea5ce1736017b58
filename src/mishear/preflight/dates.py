"""Check that the user's own files, which jobs read, are not dated in the future."""

from collections.abc import Iterator
from pathlib import Path

from mishear.runtime.clocks import check_dates
from mishear.study.networks import weights_files
from mishear.study.plan import Plan


def check_own_dates(plan: Plan) -> None:
    """Check the dates of archives, trained models and the split. Recordings are no inputs of jobs.

    Raises
    ------
    UserError
        See :func:`mishear.runtime.clocks.check_dates`; or if the folder of a trained model cannot
        be read.
    """
    check_dates(_own_files(plan))


def _own_files(plan: Plan) -> Iterator[Path]:
    for origin in plan.origins.values():
        if origin.kind == "archive" and origin.path is not None:
            yield Path(origin.path)
    config = plan.config
    if config.split.file is not None:
        yield Path(config.split.file).expanduser()
    for name in config.study.networks:
        if config.networks[name].is_trained:
            yield from weights_files(config.networks[name], f"networks.{name}")
