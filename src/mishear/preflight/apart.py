"""Run code of the user's in a process of its own, which it may end without a word."""

import contextlib
import os
import pickle
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any, BinaryIO, NoReturn, TypeVar

from mishear.core.errors import UserError

Result = TypeVar("Result")
Say = Callable[[str], None]
"""Told the key in the config of what is tried next."""


def run_apart(work: Callable[[Say], Result]) -> Result:
    """Run a function in a copy of this process.

    ``os._exit``, a crash of a compiled library or too little memory end the copy alone. A copy
    starts in a few milliseconds and has all that is imported here.

    Parameters
    ----------
    work
        Is given a function to be called with the key of what it tries next. What it returns or
        raises must be picklable.

    Returns
    -------
    object
        What the function returns.

    Raises
    ------
    UserError
        If the copy ends before the function does.
    Exception
        What the function raises.
    """
    receiver, sender = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Python 3.12 warns where there are threads, as those of Snakemake's log.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(receiver)
        _work_and_end(work, sender)
    os.close(sender)
    try:
        with open(receiver, "rb") as messages:
            where, done = _listen(messages)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(child, 0)
    if done is None:
        raise UserError(_ended(where, os.waitstatus_to_exitcode(status)))
    result, error = done
    if error is not None:
        raise error
    return result


def _listen(messages: BinaryIO) -> tuple[str, tuple[Any, BaseException | None] | None]:
    """Return what was tried last, and the result or the error; None if neither came."""
    where = ""
    with contextlib.suppress(EOFError, pickle.UnpicklingError):
        while True:
            message = pickle.load(messages)
            if not isinstance(message, str):
                return where, message
            where = message
    return where, None


def _work_and_end(work: Callable[[Say], Any], sender: int) -> NoReturn:
    # Threads of OpenMP that were there before the copy are not there in it.
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def say(message: Any) -> None:
        content = memoryview(pickle.dumps(message))
        while content:
            content = content[os.write(sender, content) :]

    try:
        say((work(say), None))
    except Exception as error:
        say((None, _sendable(error)))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _sendable(error: Exception) -> Exception:
    """Return an error that survives pickling; another one with its traceback if it does not."""
    with contextlib.suppress(Exception):
        return pickle.loads(pickle.dumps(error))
    return RuntimeError("".join(traceback.format_exception(error)))


def _ended(where: str, code: int) -> str:
    if code == -signal.SIGKILL:
        how = "was killed, perhaps for want of memory,"
    elif code < 0:
        how = f"crashed ({signal.strsignal(-code)})"
    else:
        how = f"was ended, by os._exit({code}) or the like,"
    return (
        f"{where or 'classes'}: the process that checks the class {how} when the class was "
        f"imported or tried. Look there, and in what it imports, for code that does so."
    )
