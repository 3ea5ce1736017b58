"""Check that the user's own files, which jobs read, are not dated in the future."""

from pathlib import Path

from mishear.runtime.clocks import check_dates
from mishear.study.own_files import given_files
from mishear.study.plan import Plan


def check_own_dates(plan: Plan) -> None:
    """Check the dates of archives, trained models and the split. Recordings are no inputs of jobs.

    Raises
    ------
    UserError
        See :func:`mishear.runtime.clocks.check_dates`; or if the folder of a trained model cannot
        be read.
    """
    check_dates(map(Path, given_files(plan)))
