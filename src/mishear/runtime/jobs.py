"""The frame of every job of the workflow: its log, and a clean end."""

import ctypes
import logging
import os
import select
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mishear.core.errors import UserError, lacks_memory
from mishear.runtime.contents import check_inputs, forget, remember, results_folder
from mishear.runtime.edited import EditedFiles
from mishear.runtime.memory import peak_mb
from mishear.runtime.observed import note_uncounted, watch_reading

SNAKEMAKE_PROCESS = "MISHEAR_SNAKEMAKE_PROCESS"
"""Environment variable with the process id of the Snakemake that started the job."""

LEAST_FREE = 20_000_000
"""Bytes that must be free on the disk before a job begins."""

PR_SET_PDEATHSIG = 1
"""Option of ``prctl``, from Linux's ``sys/prctl.h``."""


@contextmanager
def job_log(job: Any) -> Iterator[None]:
    """Send the job's messages to its log file, and warnings to the terminal as well.

    The files that it reads are compared with what other jobs have written, and the content of
    those that it writes is remembered, see :mod:`mishear.runtime.contents`. What code of the user's
    uses without being counted is noted, see :mod:`mishear.runtime.observed`. Code that was edited
    since the run began ends the job, see :mod:`mishear.runtime.edited`.

    A :class:`~mishear.core.errors.UserError` ends the process with its message and without a
    traceback. So does a termination, and with it Ctrl-C (see
    :func:`mishear.runtime.locks.interrupt_jobs`). Any other exception is logged with its traceback
    and raised again. If Snakemake is killed, the job ends too, so that it cannot write files that
    the next run writes.

    Parameters
    ----------
    job
        The ``snakemake`` that a script is given.
    """
    # First of all: the next run may already be writing the same log.
    if SNAKEMAKE_PROCESS in os.environ:
        end_with(int(os.environ[SNAKEMAKE_PROCESS]))
    _open_log(job.log[0])
    termination, edited = _Termination(), EditedFiles()
    try:
        termination.interrupt_from_now_on()
        _check_free(Path.cwd())
        edited.watch(job)
        forget(job.output)
        check_inputs(job.input, results_folder(job.output))
        read = watch_reading()
        yield
        edited.check()
        remember(job.output, getattr(job.params, "code", None))
        note_uncounted(read(), [results_folder(job.output), *job.input])
        _log_costs(job)
    except (Exception, KeyboardInterrupt) as error:
        termination.close()
        if termination.came or isinstance(error, KeyboardInterrupt):
            logging.info("interrupted")
            sys.exit(128 + signal.SIGTERM)
        # What has failed may be the edited code, which the user should hear of first.
        message = edited.message or (str(error) if isinstance(error, UserError) else "")
        if message:
            logging.error("%s", message)
            sys.exit(1)
        if lacks_memory(error):
            logging.info("where memory ran out", exc_info=True)
            logging.error("%s", _memory_message(error, job))
            sys.exit(1)
        logging.exception("this is a bug of Mishear or of a class named in the config")
        raise
    finally:
        termination.close()


def _check_free(folder: Path) -> None:
    """Refuse to begin on a full disk, where Snakemake fails as well as the job."""
    if (free := shutil.disk_usage(folder).free) < LEAST_FREE:
        raise UserError(
            f"The disk of {folder} is full: {free / 1e6:.0f} MB are left. Make room and run again; "
            f"what is finished stays."
        )


def _log_costs(job: Any) -> None:
    # With what it shares with other jobs that were forked from the same process.
    asked = f" of {mb} MB asked" if (mb := _memory_asked(job)) else ""
    seconds = sum(os.times()[:4])  # those of its own child processes included
    logging.info("used %d MB of memory%s, %.2f s of processors", peak_mb(), asked, seconds)


def _memory_asked(job: Any) -> int | None:
    return getattr(job.resources, "mem_mb", None)


def _memory_message(error: Exception, job: Any) -> str:
    said = next(iter(str(error).splitlines()), "") or type(error).__name__
    if "cuda" in said.lower():
        return f"The GPU has not enough memory: {said} Reduce batch_size or jobs_per_gpu."
    asked = _memory_asked(job)
    return (
        f"There is not enough memory{f' (the job asks for {asked} MB)' if asked else ''}: {said}. "
        f"Run fewer jobs at a time (--cores), reduce batch_size, or run on another machine."
    )


def _open_log(path: str | Path) -> None:
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    handlers: list[logging.Handler] = [terminal]
    try:
        handlers.append(logging.FileHandler(path, mode="w", encoding="utf-8"))
    except OSError as error:
        sys.exit(f"cannot write {path}: {error.strerror}")
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=handlers,
        force=True,
    )
    logging.captureWarnings(True)
    # A full disk is reported by what the job writes, not by a traceback of its log.
    logging.raiseExceptions = False


class _Termination:
    """Turn the signal that ends a job into a KeyboardInterrupt.

    Attributes
    ----------
    came : bool
        Whether it has come. Whatever is raised from then on follows from it: what it interrupts
        may fail in its turn, as ``torch.save`` does, or hide it.
    """

    def __init__(self) -> None:
        self.came = False

    def interrupt_from_now_on(self) -> None:
        """Interrupt what the process does when the signal comes."""
        signal.signal(signal.SIGTERM, self._interrupt)
        sys.unraisablehook = self._interrupt_again

    def close(self) -> None:
        """Let the signal end the process, which cannot be interrupted without a traceback now."""
        if signal.getsignal(signal.SIGTERM) == self._interrupt:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        sys.unraisablehook = sys.__unraisablehook__

    def _interrupt(self, *_: object) -> None:
        self.came = True
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
        raise KeyboardInterrupt

    def _interrupt_again(self, lost: Any) -> None:
        """Interrupt once more where the interrupt was lost.

        Python cannot pass on what is raised in a destructor or in what compiled code calls.
        """
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            return sys.__unraisablehook__(lost)
        signal.signal(signal.SIGTERM, self._interrupt)

        def interrupt() -> None:
            time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=interrupt, daemon=True).start()


def end_with(process: int) -> None:
    """End this process as soon as another one ends.

    Before Linux 5.3 the kernel offers no such notice; there this process finishes its work.

    Parameters
    ----------
    process
        Id of the other process.
    """
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        _end(process)
    except OSError:
        return
    watch = select.poll()
    watch.register(handle, select.POLLIN)

    def wait() -> None:
        watch.poll()
        _end(process)

    threading.Thread(target=wait, daemon=True).start()


def end_with_parent() -> None:
    """End this process as soon as its parent ends, without starting a thread."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _end(process: int) -> None:
    logging.error("Snakemake (process %d) is gone: ending", process)
    os._exit(1)
