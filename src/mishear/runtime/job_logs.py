"""How jobs stand, as their logs say it. See :mod:`mishear.runtime.jobs` for who writes them."""

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

END = 1_000_000
"""Bytes at the end of a log that are read. Only warnings in great numbers make longer ones."""

_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<level>[A-Z]+) (?P<message>.*)")
_BUG = "this is a bug of Mishear"
_LAST_WORD = re.compile(r"used \d+ MB of memory")
_BROKEN_OFF = re.compile(r"interrupted$|Snakemake \(process \d+\) is gone")
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Interrupt|Exit)(: .*)?$")


class State(StrEnum):
    """How a job stands."""

    OPEN = "open"
    """It has begun, and its log has no end: it is running, or it was killed."""
    DONE = "done"
    FAILED = "failed"
    BROKEN_OFF = "broken off"
    """It was interrupted, or ended with its Snakemake."""


@dataclass(frozen=True)
class JobLog:
    """What the log of a job says.

    Attributes
    ----------
    path : str
        The log.
    state : State
        How the job stands.
    line : str
        Of a failed job the error in one line; of another the last message, empty without any.
    changed : float
        When the log was written to for the last time, in seconds since the epoch.
    """

    path: str
    state: State
    line: str
    changed: float


def read_log(path: str | Path) -> JobLog:
    """Read how a job stands from its log.

    Parameters
    ----------
    path
        The log.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with open(path, "rb") as file:
        about = os.fstat(file.fileno())
        file.seek(max(0, about.st_size - END))
        lines = file.read().decode(errors="replace").splitlines()
    state, line = judge(lines)
    return JobLog(str(path), state, line, about.st_mtime)


def judge(lines: list[str]) -> tuple[State, str]:
    """Return how a job stands, and the line of its log that says most about it.

    Parameters
    ----------
    lines
        Those of its log.
    """
    said = [(number, found) for number, line in enumerate(lines) if (found := _LINE.match(line))]
    for number, found in said:
        if found["level"] == "ERROR" and not _BROKEN_OFF.match(found["message"]):
            return State.FAILED, _reason(found["message"], lines[number + 1 :])
    last = said[-1][1]["message"] if said else next(filter(None, reversed(lines)), "").strip()
    if _BROKEN_OFF.match(last):
        return State.BROKEN_OFF, last
    if _LAST_WORD.match(last):
        return State.DONE, last
    # Programs without Mishear's log, such as pip, end with an error of their own.
    if not said and last.upper().startswith("ERROR"):
        return State.FAILED, last
    return State.OPEN, last


def _reason(message: str, following: list[str]) -> str:
    """Return Mishear's own sentence, or the exception below the note that it is a bug."""
    if not message.startswith(_BUG):
        # What comes after a colon is a list, on lines of their own.
        first = following[0].strip(" -") if message.endswith(":") and following else ""
        return f"{message} {first}".strip()
    exceptions = [line for line in following if _EXCEPTION.match(line)]
    return exceptions[-1] if exceptions else message
