"""Which libraries a starter imports, and whether they are still what is on disk."""

import atexit
import contextlib
import importlib
import os
import sys
import weakref

from warm_start.protocol import CannotServe

LIBRARIES = (
    "numpy",
    "scipy.io",
    "scipy.signal",
    "scipy.stats",
    "pandas",
    "psutil",
    "pydantic.main",
    "pydantic.types",
    "pydantic.fields",
    "pydantic.plugin._loader",
    "jinja2",
    "filelock",
    "requests",
    "tqdm",
    "pynvml",
    "soundfile",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "torch",
    "torch.utils.data",
    "torch._dynamo",
    "torchaudio",
    "foolbox.attacks",
    "pyautoattack",
    "snakemake.io",
    "snakemake.iocontainers",
    "snakemake.logging",
)
"""What jobs import that takes long; one that is not installed is left out. An optimiser's first
step imports ``torch._dynamo``, which takes as long as torch itself."""

SURVIVING_THREADS = ("jemalloc_bg_thd",)
"""Names of threads that their library takes care of in a fork: those of jemalloc, in pyarrow, which
pandas imports where it is installed."""


def import_libraries() -> None:
    """Import what is installed of :data:`LIBRARIES`.

    Raises
    ------
    CannotServe
        If the libraries have started threads or CUDA, which do not survive a fork.
    """
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    forget_compile_times()
    keep_finalizers()
    names = sorted(names_of_threads() - set(SURVIVING_THREADS))
    if names:
        raise CannotServe(f"a library starts threads when it is imported: {', '.join(names)}")
    if any(path.startswith("/dev/nvidia") for path in paths_of_open_files()):
        raise CannotServe("a library initialises CUDA when it is imported")


def forget_compile_times() -> None:
    """Do not let torch, at the end of every job, lay out the times of compilations for its log."""
    dynamo = sys.modules.get("torch._dynamo.utils")
    if dynamo is not None:
        atexit.unregister(dynamo.dump_compile_times)


def keep_finalizers() -> None:
    """Let no job, at its end, finalize objects that exist since the libraries were imported.

    They belong to this process. Those of torch alone take 25 ms of a job.
    """
    for finalizer in list(getattr(weakref.finalize, "_registry", ())):
        finalizer.atexit = False


def paths_of_open_files() -> list[str]:
    """Return what the file descriptors of this process stand for."""
    paths = []
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # that of the listing itself
            paths.append(os.readlink(f"/proc/self/fd/{number}"))
    return paths


def names_of_threads() -> set[str]:
    """Return the names of this process's threads but the main one."""
    names = set()
    for thread in set(os.listdir("/proc/self/task")) - {str(os.getpid())}:
        with open(f"/proc/self/task/{thread}/comm") as file:
            names.add(file.read().strip())
    return names


def files_of_modules() -> dict[str, tuple[int, int, int]]:
    """Return the files of all imported modules with what tells a changed one."""
    paths = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    return {path: signature(path) for path in paths if path}


def signature(path: str) -> tuple[int, int, int]:
    """Return the time, size and inode of a file, or zeros."""
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def has_changed(imported: dict[str, tuple[int, int, int]]) -> bool:
    """Return whether a file is no longer the one that was imported."""
    return any(signature(path) != known for path, known in imported.items())
