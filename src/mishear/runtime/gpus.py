"""Find the GPUs that a job may use, and lease one of them. Needs no torch."""

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from mishear.core.errors import UserError

log = logging.getLogger(__name__)

VISIBLE = "CUDA_VISIBLE_DEVICES"
SCHEDULER_JOBS = ("SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID")
"""Set by Slurm, PBS, LSF and Grid Engine inside a job."""

POLL_SECONDS = 0.1


def usable_gpus() -> list[str]:
    """List the GPUs that this process may use, by names that ``CUDA_VISIBLE_DEVICES`` accepts.

    Where ``CUDA_VISIBLE_DEVICES`` is set, by the user or a scheduler, no other GPU is used. Its
    indices are those of ``nvidia-smi``. Where the driver answers, every GPU is named by its UUID,
    so that one GPU has one name; of a GPU in MIG mode every MIG device is listed. Slurm sets the
    variable for every job that requested a GPU; a Slurm job without it has none.

    Returns
    -------
    list of str
    """
    installed = _installed_gpus()
    if VISIBLE not in os.environ:
        by_scheduler = "SLURM_JOB_ID" in os.environ
        return [] if by_scheduler else [device for gpu in installed for device in gpu]
    chosen: list[str] = []
    for name in map(str.strip, os.environ[VISIBLE].split(",")):
        devices = _resolve(name, installed)
        if not devices:  # CUDA ignores a name it does not know, and all that follow
            break
        chosen += devices
    return list(dict.fromkeys(chosen))


def _resolve(name: str, installed: Sequence[Sequence[str]]) -> Sequence[str]:
    if not installed:
        return [] if name in ("", "-1", "NoDevFiles") else [name]
    if name.isdecimal():
        return installed[int(name)] if int(name) < len(installed) else []
    known = [device for gpu in installed for device in gpu]
    return [device for device in known if name and device.startswith(name)][:1]


def _installed_gpus() -> list[list[str]]:
    """Return for each GPU of the machine its UUID, or those of its MIG devices.

    Without a driver, or without the package that asks it, there are none.
    """
    try:
        import pynvml
    except ModuleNotFoundError:
        log.warning(
            "The package 'nvidia-ml-py' is not installed, so no GPU can be listed. Install it: "
            "pip install nvidia-ml-py."
        )
        return []
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        handles = map(pynvml.nvmlDeviceGetHandleByIndex, range(pynvml.nvmlDeviceGetCount()))
        return [_devices_of(handle) for handle in handles]
    finally:
        pynvml.nvmlShutdown()


def _devices_of(gpu) -> list[str]:
    import pynvml

    try:
        partitioned = pynvml.nvmlDeviceGetMigMode(gpu)[0] == pynvml.NVML_DEVICE_MIG_ENABLE
    except pynvml.NVMLError:  # a GPU that cannot be partitioned
        partitioned = False
    if not partitioned:
        return [pynvml.nvmlDeviceGetUUID(gpu)]
    found = []
    for position in range(pynvml.nvmlDeviceGetMaxMigDeviceCount(gpu)):
        try:
            device = pynvml.nvmlDeviceGetMigDeviceHandleByIndex(gpu, position)
        except pynvml.NVMLError_NotFound:
            continue
        found.append(pynvml.nvmlDeviceGetUUID(device))
    return found


@contextmanager
def leased_gpu(jobs_per_gpu: int = 1, folder: Path | None = None) -> Iterator[str | None]:
    """Lease one GPU for as long as the context lasts; wait while all are leased.

    A lease is a lock on a file, which the kernel releases as soon as the process ends, however it
    ends. All jobs of a user on a machine respect each other's locks, whichever Snakemake started
    them; inside a scheduler's job only the processes of that job share its GPUs.

    Parameters
    ----------
    jobs_per_gpu
        Processes that may lease the same GPU.
    folder
        Folder of the locks; by default :func:`lock_folder`.

    Yields
    ------
    str or None
        The GPU, to which ``CUDA_VISIBLE_DEVICES`` is set meanwhile; None if there is none.

    Raises
    ------
    UserError
        If the folder of locks cannot be used.
    """
    gpus = usable_gpus()
    if not gpus:
        yield None
        return
    with _first_free(gpus, jobs_per_gpu, folder or lock_folder()) as gpu:
        before = os.environ.get(VISIBLE)
        os.environ[VISIBLE] = gpu
        try:
            yield gpu
        finally:
            if before is None:
                del os.environ[VISIBLE]
            else:
                os.environ[VISIBLE] = before


def lock_folder() -> Path:
    """Return the folder of this user's locks on this machine, and create it if it is missing.

    It ignores ``TMPDIR``, which may differ between two runs that share the GPUs.

    Raises
    ------
    UserError
        If the path exists and is not the user's own folder.
    """
    folder = Path("/tmp") / f"mishear-gpus-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise UserError(f"{folder} belongs to someone else, so GPUs cannot be shared out safely.")
    return folder


@contextmanager
def _first_free(gpus: Sequence[str], jobs_per_gpu: int, folder: Path) -> Iterator[str]:
    job = next((os.environ[name] for name in SCHEDULER_JOBS if os.environ.get(name)), "")
    # All GPUs once before any of them twice, so that jobs spread.
    places = [
        (gpu, FileLock(folder / f"{gpu}.{place}.{job}.lock".replace(os.sep, "_")))
        for place in range(jobs_per_gpu)
        for gpu in gpus
    ]
    began = time.monotonic()
    while (held := _take(places)) is None:
        time.sleep(POLL_SECONDS)
    gpu, lock = held
    log.info("GPU %s, taken after %.1f s", gpu, time.monotonic() - began)
    try:
        yield gpu
    finally:
        lock.release()


def _take(places: Sequence[tuple[str, FileLock]]) -> tuple[str, FileLock] | None:
    for gpu, lock in places:
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        return gpu, lock
    return None
