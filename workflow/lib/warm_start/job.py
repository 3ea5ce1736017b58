"""How a forked process becomes a job: what a new interpreter would have is what it has."""

import atexit
import builtins
import contextlib
import ctypes
import gc
import importlib
import importlib.machinery
import io
import os
import signal
import sys
import tempfile
import threading
import types
from collections.abc import Sequence
from dataclasses import dataclass

from warm_start.protocol import CannotServe, end_as, surroundings

READ_LATER = (
    *("PYTHONPATH", "CUDA_VISIBLE_DEVICES", "TMPDIR", "TMP", "TEMP", "TEMPDIR"),
    *("PWD", "OLDPWD", "SHLVL", "PS1", "_"),
)
"""Environment variables that may differ from job to job: the forked process obeys them, or only
shells read them. Any other may be one that a library reads when it is imported; torch alone reads
more than a hundred."""
OF_RUNS = ("MISHEAR_", "PYTEST_")
"""First letters of those that may differ from run to run, where several share a starter."""

OUR_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""On the search path of the starter, not of its jobs."""

PR_SET_NAME = 15
"""Option of ``prctl``, from Linux's ``sys/prctl.h``."""


@dataclass(frozen=True)
class Origin:
    """What the interpreter was started with.

    Attributes
    ----------
    environment : dict of str to str
        The environment variables.
    given_path : list of str
        The folders of ``PYTHONPATH``.
    own_path : list of str
        The search path for modules without them.
    surroundings : list
        See :func:`warm_start.protocol.surroundings`.
    """

    environment: dict[str, str]
    given_path: list[str]
    own_path: list[str]
    surroundings: list[int | str]

    @classmethod
    def of_this_process(cls, environment: dict[str, str]) -> "Origin":
        given = path_entries(environment.get("PYTHONPATH", ""), os.getcwd())
        own = [entry for entry in sys.path if entry not in {*given, OUR_FOLDER}]
        return cls(environment, given, own, surroundings())


@dataclass(frozen=True)
class Job:
    """What a client asks for: see ``run_warm`` in ``client.py``."""

    arguments: list[str]
    directory: str
    environment: dict[bytes, bytes]
    umask: int
    ignored: list[int]
    blocked: list[int]
    surroundings: list[int | str]

    @property
    def texts(self) -> dict[str, str]:
        """The environment variables as text."""
        return {os.fsdecode(name): os.fsdecode(value) for name, value in self.environment.items()}


def path_entries(pythonpath: str, directory: str) -> list[str]:
    """Return the folders of ``PYTHONPATH`` as the interpreter puts them on its search path."""
    entries = pythonpath.split(os.pathsep) if pythonpath else []
    paths = (os.path.abspath(os.path.join(directory, entry)) for entry in entries)
    return list(dict.fromkeys(paths))


def search_path(job: Job, origin: Origin) -> list[str]:
    """Return the search path for modules that a new interpreter would have."""
    given = path_entries(job.texts.get("PYTHONPATH", ""), job.directory)
    script = os.path.realpath(os.path.join(job.directory, job.arguments[0]))
    return [os.path.dirname(script), *given, *origin.own_path]


def check_environment(job: Job, origin: Origin) -> None:
    """Check that a new process would have the libraries as they are here.

    Raises
    ------
    CannotServe
        Otherwise. Without a message where only the number of threads is another: that is what the
        job's rule asks for.
    """
    there, here = job.texts, origin.environment
    for name in sorted(there.keys() | here.keys(), key=is_thread_count):
        if name in READ_LATER or name.startswith(OF_RUNS):
            continue
        if there.get(name) != here.get(name):
            said = f"a job has {name}={there.get(name)!r}, not {here.get(name)!r}"
            raise CannotServe("" if is_thread_count(name) else said)
    if job.surroundings != origin.surroundings:
        raise CannotServe(
            "a job has other limits, processors or namespaces, or another priority or control group"
        )


def is_thread_count(name: str) -> bool:
    """Return whether an environment variable is one of those with a job's number of threads."""
    return name.endswith("_THREADS")


def check_path(path: Sequence[str], origin: Origin) -> None:
    """Check that a new process with a search path would import what is imported here.

    Raises
    ------
    CannotServe
        Otherwise.
    """
    imported = {name for name in sys.modules if "." not in name}
    imported -= {"__main__", *sys.builtin_module_names}
    for name in imported:
        file = getattr(sys.modules[name], "__file__", None) or ""
        for folder in {os.path.dirname(file), os.path.dirname(os.path.dirname(file))}:
            if folder in origin.given_path and folder not in path:
                raise CannotServe(f"{folder} is not in a job's PYTHONPATH")
    imported |= {"sitecustomize", "usercustomize"}
    for folder in path:
        if folder in origin.own_path:
            continue
        try:
            names = {name.partition(".")[0] for name in os.listdir(folder)} & imported
        except OSError:
            continue
        for name in sorted(names):
            found = importlib.machinery.PathFinder.find_spec(name, [folder])
            if found is None or found.origin is None:  # a folder that is no package
                continue
            if found.origin != getattr(sys.modules.get(name), "__file__", None):
                raise CannotServe(f"{found.origin} hides a library of that name")
            imported.remove(name)


def become(job: Job, path: list[str], files: Sequence[int]) -> int:
    """Run a job's script in this process.

    Returns
    -------
    int
        As ``os.waitstatus_to_exitcode``.
    """
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(job.directory)
    os.umask(job.umask)
    os.environ.clear()
    os.environb.update(job.environment)
    sys.path[:] = path
    sys.argv[:] = job.arguments
    importlib.invalidate_caches()
    tempfile.tempdir = None
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.seed()
    script = os.path.join(job.directory, job.arguments[0])
    # "tmpab12.train.py" of Snakemake is shown as "train" by top.
    name = os.path.basename(script).removesuffix(".py").rpartition(".")[2]
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15])
    open_streams()
    set_signals(job)
    return run_script(script)


def open_streams() -> None:
    """Open the standard streams anew, as the interpreter does, and keep the objects."""
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        binary = open(number, "wb" if number else "rb", closefd=False)  # noqa: SIM115
        binary.raw.name = stream.name
        by_line = stream is sys.stderr or binary.isatty()
        stream.__init__(binary, stream.encoding, stream.errors, "\n", by_line)


def set_signals(job: Job) -> None:
    """Give this process the handlers of a new interpreter that inherits those of the client."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN if number in job.ignored else signal.SIG_DFL)
    if signal.SIGINT not in job.ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, job.blocked)


def run_script(path: str) -> int:
    """Run a script as the main module, and return its status."""
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    loader = importlib.machinery.SourceFileLoader("__main__", path)
    main.__file__, main.__loader__, main.__cached__ = path, loader, None
    main.__builtins__, main.__annotations__ = builtins, {}
    try:
        with io.open_code(path) as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, main.__dict__)
    except SystemExit as end:
        return exit_status(end)
    except BaseException as error:
        shown = error.with_traceback(error.__traceback__.tb_next)  # without this function
        sys.excepthook(type(shown), shown, shown.__traceback__)
        return -signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1
    return 0


def exit_status(end: SystemExit) -> int:
    """Return the status with which the interpreter would end."""
    if end.code is None or isinstance(end.code, int):
        return (end.code or 0) & 0xFF
    print(end.code, file=sys.stderr)
    return 1


def end(status: int) -> None:
    """End this process as the interpreter would, but leave the libraries as they are."""
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        flush_files()
        del sys.modules["__main__"]
        gc.collect()
        sys.stderr.flush()
        sys.stdout.flush()
    except OSError as error:
        print(f"Exception ignored in: {sys.stdout!r}", file=sys.stderr)
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        status = 120
    finally:
        end_as(status)


def flush_files() -> None:
    """Write what the job has left in the buffers of open files."""
    for each in gc.get_objects():  # only the job's own; those of the libraries are frozen
        if issubclass(type(each), io.IOBase) and not each.closed:
            with contextlib.suppress(Exception):
                each.flush()
