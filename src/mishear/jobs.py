"""What every job of the workflow does around its work: a log, and errors that speak."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mishear.errors import UserError


@contextmanager
def job_log(path: str | Path) -> Iterator[None]:
    """Send what the job reports to its log file, and warnings to the terminal as well.

    A :class:`~mishear.errors.UserError` ends the process with its message and no traceback; any
    other exception goes to the log with its traceback and is raised again.

    Parameters
    ----------
    path
        The log file.
    """
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=[logging.FileHandler(path, mode="w", encoding="utf-8"), terminal],
        force=True,
    )
    logging.captureWarnings(True)
    try:
        yield
    except UserError as error:
        logging.error("%s", error)
        sys.exit(1)
    except Exception:
        logging.exception("this is a bug of Mishear or of a class named in the config")
        raise
