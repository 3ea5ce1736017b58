"""Run code of the user's in a process of its own, which may end without a word, or never."""

import contextlib
import logging
import os
import pickle
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from queue import Empty, Queue
from typing import Any, NoReturn, TypeVar

from mishear.core.errors import UserError
from mishear.core.modules import raised_in

log = logging.getLogger(__name__)

NOTICE = 10.0
"""Seconds after which it is said what is still being tried."""

LIMIT = 600.0
"""Seconds after which what is being tried is given up."""

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
        If the copy ends before the function does, or is silent for :data:`LIMIT`.
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
        where, done = _listen(receiver)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        _, status = os.waitpid(child, 0)
    if done is None:
        raise UserError(_ended(where, _how(os.waitstatus_to_exitcode(status))))
    result, error = done
    if isinstance(error, str):
        raise UserError(_ended(where, error))
    if error is not None:
        raise error
    return result


def _listen(receiver: int) -> tuple[str, tuple[Any, Exception | str | None] | None]:
    """Return what was tried last, and the result or the error; None if neither came."""
    messages: Queue = Queue()
    threading.Thread(target=_receive, args=(receiver, messages), daemon=True).start()
    where = ""
    while True:
        message = _next(messages, where or "classes")
        if not isinstance(message, str):
            return where, message
        where = message


def _receive(receiver: int, messages: Queue) -> None:
    """Put all messages into a queue, and None at their end."""
    with open(receiver, "rb") as file, contextlib.suppress(EOFError, pickle.UnpicklingError):
        while True:
            messages.put(pickle.load(file))
    messages.put(None)


def _next(messages: Queue, where: str) -> Any:
    with contextlib.suppress(Empty):
        return messages.get(timeout=NOTICE)
    log.warning(
        "%s: its class is still being imported or tried after %g s; it is given up after %g s.",
        where,
        NOTICE,
        LIMIT,
    )
    with contextlib.suppress(Empty):
        return messages.get(timeout=LIMIT - NOTICE)
    raise UserError(
        f"{where}: importing or trying the class took longer than {LIMIT:g} s. Look there, and in "
        f"what it imports, for a loop that does not end, or for a wait."
    )


def _work_and_end(work: Callable[[Say], Any], sender: int) -> NoReturn:
    # Threads of OpenMP that were there before the copy are not there in it.
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # The process that waits for this one ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def say(message: Any) -> None:
        content = memoryview(pickle.dumps(message))
        while content:
            content = content[os.write(sender, content) :]

    try:
        say((work(say), None))
    except Exception as error:
        say((None, _sendable(error)))
    except BaseException as error:
        say((None, f"raised {type(error).__name__} ({raised_in(error)})"))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _sendable(error: Exception) -> Exception:
    """Return an error that survives pickling; another one with its traceback if it does not."""
    with contextlib.suppress(Exception):
        return pickle.loads(pickle.dumps(error))
    return RuntimeError("".join(traceback.format_exception(error)))


def _how(code: int) -> str:
    if code == -signal.SIGKILL:
        return "was killed, perhaps for want of memory,"
    if code < 0:
        return f"crashed ({signal.strsignal(-code)})"
    return f"was ended, by os._exit({code}) or the like,"


def _ended(where: str, how: str) -> str:
    return (
        f"{where or 'classes'}: the process that checks the class {how} when the class was "
        f"imported or tried. Look there, and in what it imports, for code that does so."
    )
