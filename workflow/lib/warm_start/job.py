"""How a forked process becomes a job: what a new interpreter would have is what it has."""

import ctypes
import importlib
import importlib.machinery
import io
import os
import signal
import sys
import tempfile
import threading
import traceback
import types
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from warm_start.protocol import CannotServe

READ_AT_IMPORT = (
    *("OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "GOTO_", "VECLIB_", "NUMEXPR_", "BLIS_"),
    *("ATEN_", "TORCH", "PYTORCH_", "C10_", "ONEDNN_", "DNNL_", "CUDA_", "CUBLAS_", "CUDNN_"),
    *("NPY_", "NUMPY_", "SCIPY_", "MPL", "LD_", "MALLOC_", "GLIBC_", "PYTHON", "LC_", "LANG"),
    *("TZ", "HOME", "XDG_"),
)
"""First letters of the environment variables that the interpreter or a library reads when it
starts. A job for which one of them differs starts cold."""
READ_LATER = ("PYTHONPATH", "CUDA_VISIBLE_DEVICES")
"""Exceptions, which the forked process can still obey."""

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
    own_path : list of str
        The search path for modules without the entries of ``PYTHONPATH``.
    """

    environment: dict[str, str]
    own_path: list[str]

    @classmethod
    def of_this_process(cls) -> "Origin":
        given = path_entries(os.environ.get("PYTHONPATH", ""), os.getcwd())
        added = {*given, OUR_FOLDER}
        return cls(dict(os.environ), [entry for entry in sys.path if entry not in added])


@dataclass(frozen=True)
class Job:
    """What a client asks for: see ``run_warm`` in ``warm_client.py``."""

    arguments: list[str]
    directory: str
    environment: dict[bytes, bytes]
    umask: int
    ignored: list[int]
    blocked: list[int]

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
    return [os.path.dirname(os.path.abspath(job.arguments[0])), *given, *origin.own_path]


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
        if not name.startswith(READ_AT_IMPORT) or name in READ_LATER:
            continue
        if there.get(name) != here.get(name):
            said = f"a job has {name}={there.get(name)!r}, not {here.get(name)!r}"
            raise CannotServe("" if is_thread_count(name) else said)


def is_thread_count(name: str) -> bool:
    """Return whether an environment variable is one of those with a job's number of threads."""
    return name.endswith("_THREADS")


def check_shadows(path: Sequence[str], own_path: Iterable[str]) -> None:
    """Check that no module on the search path stands before one that is imported here.

    Raises
    ------
    CannotServe
        If one does.
    """
    imported = {name for name in sys.modules if "." not in name}
    imported -= {"__main__", *sys.builtin_module_names}
    for folder in path:
        if folder in own_path:
            continue
        try:
            names = {name.partition(".")[0] for name in os.listdir(folder)} & imported
        except OSError:
            continue
        for name in sorted(names):
            found = importlib.machinery.PathFinder.find_spec(name, [folder])
            if found is None or found.origin is None:  # a folder that is no package
                continue
            if found.origin != getattr(sys.modules[name], "__file__", None):
                raise CannotServe(f"{found.origin} stands before a library of that name")
            imported.remove(name)


def become(job: Job, path: list[str], files: Sequence[int]) -> int:
    """Run a job's script in this process, and return its exit status."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=stream is sys.stderr or os.isatty(stream.fileno()))
    set_signals(job)
    os.chdir(job.directory)
    os.umask(job.umask)
    os.environ.clear()
    os.environb.update(job.environment)
    sys.path[:] = path
    sys.argv[:] = job.arguments
    importlib.invalidate_caches()
    tempfile.tempdir = None
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    script = sys.argv[0]
    # "tmpab12.train.py" of Snakemake is shown as "train" by top.
    name = os.path.basename(script).removesuffix(".py").rpartition(".")[2]
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15])
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__file__, main.__builtins__ = script, __builtins__
    try:
        with io.open_code(script) as file:
            code = compile(file.read(), script, "exec")
        exec(code, main.__dict__)
    except SystemExit as end:
        return exit_status(end)
    except KeyboardInterrupt:
        traceback.print_exc()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException as error:
        shown = error.with_traceback(error.__traceback__.tb_next)  # without this function
        sys.excepthook(type(shown), shown, shown.__traceback__)
        return 1
    return 0


def set_signals(job: Job) -> None:
    """Give this process the handlers of a new interpreter that inherits those of the client."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in job.ignored:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, job.blocked)


def exit_status(end: SystemExit) -> int:
    """Return the status with which the interpreter would end."""
    if end.code is None or isinstance(end.code, int):
        return (end.code or 0) & 0xFF
    print(end.code, file=sys.stderr)
    return 1


def end(status: int) -> None:
    """End this process as the interpreter would, without taking its modules apart."""
    import atexit

    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    finally:
        os._exit(status)
