"""Programs that score recordings: one wav path per line in, one line of scores per path out.

A program is started once and kept alive, without a shell. For each recording it is given the path
of a wav file, one channel of 32-bit floating-point samples, and a newline. It answers with one
line: a JSON array of numbers, or numbers separated by commas. The file is removed after the
answer. The standard error of the program is free for messages. When its input ends, the program
must write nothing more. It ends with the job, see :mod:`mishear.training.guard`.
"""

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.io import wavfile

from mishear.core.errors import UserError
from mishear.training import guard

LONGEST_LINE = 1_000_000
"""Bytes of an answer beyond which it is no line of scores."""

KEPT_MESSAGES = 2000
"""Bytes of the standard error that are kept for a message."""

MOST_READS = 16
"""Chunks of the standard error that are read after a mistake; a program may write without end."""

LONGEST_QUOTE = 80
"""Characters of a wrong answer in a message."""

CHUNK = 65_536

LAST_WORDS = 5.0
"""Seconds that a program has to end by itself when its input ends."""


class Program:
    """A running program with the interface of :class:`mishear.training.scoring.Scorer`.

    Parameters
    ----------
    command
        The program and its arguments.
    timeout
        Seconds for an answer; the first includes the start.
    where
        Key of the command in the config, for messages.

    Raises
    ------
    UserError
        If there is no such program.
    """

    def __init__(self, command: Sequence[str], timeout: float, where: str):
        self.timeout, self.where = float(timeout), where
        if any("\0" in word for word in command):
            raise UserError(
                f"{where}: a word has the character \\0, which no program can be given."
            )
        if shutil.which(command[0]) is None:
            raise UserError(
                f"{where}: there is no program '{command[0]}'. Give the path of an executable "
                f"file, or one that is found on PATH."
            )
        self.folder = Path(tempfile.mkdtemp(prefix="mishear-"))
        self.answers, self.asked = b"", 0
        self.messages, self.has_ended = b"", False
        watched, held = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, str(watched), self.folder, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            pass_fds=[watched],
            # Ctrl-C is for the job, which ends the program.
            start_new_session=True,
        )
        os.close(watched)
        self.close = weakref.finalize(self, _end, self.process, held)

    def scores(self, waveforms: np.ndarray, sample_rate: int) -> np.ndarray:
        """Score waveforms, see :class:`mishear.training.scoring.Scorer`.

        Raises
        ------
        UserError
            If the program ends, does not answer in time, or answers with anything but scores.
        """
        scores = [self._scored(waveform, sample_rate) for waveform in waveforms]
        if len(set(map(len, scores))) > 1:
            raise self._error("gives a different number of scores from one recording to another")
        return np.array(scores, dtype=np.float64)

    def finish(self) -> None:
        """Let the program end, and check that it has written nothing after its last answer.

        While a program runs, a line that it has not written yet cannot be told from none.

        Raises
        ------
        UserError
            If it has written anything.
        """
        self.process.stdin.close()
        deadline = time.monotonic() + LAST_WORDS
        while not (self.answers or self.has_ended) and (left := deadline - time.monotonic()) > 0:
            self._read(left)
        if self.answers:
            raise self._too_much()
        self.close()

    def _scored(self, waveform: np.ndarray, sample_rate: int) -> list[float]:
        self._check_silent()
        self.asked += 1
        path = self.folder / f"{self.asked}.wav"
        wavfile.write(path, sample_rate, np.asarray(waveform, dtype=np.float32))
        try:
            self.process.stdin.write(f"{path}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None
        scores = self._parsed(self._line())
        path.unlink(missing_ok=True)
        self._check_silent()
        return scores

    def _line(self) -> bytes:
        """Wait for the next line of the answer."""
        deadline = time.monotonic() + self.timeout
        while b"\n" not in self.answers:
            if len(self.answers) > LONGEST_LINE:
                raise self._error(f"writes more than {LONGEST_LINE:,} bytes without a newline")
            left = deadline - time.monotonic()
            if left <= 0 or not self._read(left):
                raise self._error(
                    f"gave no answer within {self.timeout:g} s to path {self.asked}. It must write "
                    f"a line for each path at once, without waiting for the next (flush the "
                    f"output); else set timeout to more seconds"
                )
            if self.has_ended:
                raise self._ended()
        line, _, self.answers = self.answers.partition(b"\n")
        return line

    def _read(self, seconds: float) -> bool:
        """Read what the program writes; false if it wrote nothing for some seconds."""
        streams = [self.process.stdout, self.process.stderr]
        ready, _, _ = select.select(streams, [], [], max(seconds, 0))
        if self.process.stderr in ready:
            self.messages += os.read(self.process.stderr.fileno(), CHUNK)
            self.messages = self.messages[-KEPT_MESSAGES:]
        if self.process.stdout in ready:
            found = os.read(self.process.stdout.fileno(), CHUNK)
            self.answers += found
            self.has_ended = not found
        return bool(ready)

    def _check_silent(self) -> None:
        """Check that the program has not written more than it was asked for."""
        ready, _, _ = select.select([self.process.stdout], [], [], 0)
        if ready:
            self._read(0)
        if self.has_ended:
            raise self._ended()
        if self.answers:
            raise self._too_much()

    def _parsed(self, line: bytes) -> list[float]:
        text = line.decode(errors="replace").strip()
        try:
            found = json.loads(text) if text.startswith("[") else text.split(",")
            if any(isinstance(each, bool) for each in found):
                raise ValueError
            return [float(each) for each in found]
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise self._error(
                f"answers path {self.asked} with {_quoted(line)}, which is not a line of scores. "
                f"It must write a JSON array of numbers, or numbers separated by commas, and "
                f"messages to its standard error"
            ) from None

    def _ended(self) -> UserError:
        """Return the error of a program that has ended."""
        status = self.process.wait()
        return self._error(f"ended with exit status {status} after {self.asked - 1} answers")

    def _too_much(self) -> UserError:
        return self._error(
            f"writes more than it is asked for: {_quoted(self.answers)} after {self.asked} "
            f"answers. It must write one line for each path, nothing when its input ends, and "
            f"messages to its standard error"
        )

    def _error(self, problem: str) -> UserError:
        """End the program, and return an error with the last messages of the program."""
        for _ in range(MOST_READS):
            ready, _, _ = select.select([self.process.stderr], [], [], 0)
            found = os.read(self.process.stderr.fileno(), CHUNK) if ready else b""
            if not found:
                break
            self.messages = (self.messages + found)[-KEPT_MESSAGES:]
        said = self.messages.decode(errors="replace").strip()
        last = f" Its last messages: {said}" if said else " It wrote nothing to its standard error."
        self.close()
        return UserError(f"{self.where}: the program {problem}.{last}")


def _quoted(answer: bytes) -> str:
    text = answer.decode(errors="replace").strip()
    return repr(text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}...")


def _end(process: subprocess.Popen, held: int) -> None:
    """Let a program end by itself, then make it end."""
    for stream in (process.stdin, process.stdout, process.stderr):
        try:
            stream.close()
        except OSError:  # what was not read yet
            continue
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(guard.GRACE)
    os.close(held)
    process.wait()
