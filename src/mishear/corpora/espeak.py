"""The embedded corpus: spoken digits synthesised offline by eSpeak NG.

eSpeak NG (GPL-3) is an optional dependency and is loaded only in a process of its own.
"""

import json
import logging
import os
import subprocess
import sys
import time
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

import mishear
from mishear.core.errors import UserError
from mishear.core.folders import atomic_directory
from mishear.corpora import espeak_worker

logger = logging.getLogger(__name__)

MAX_REPETITIONS = 50


def variants() -> list[str]:
    """Read the names of the intelligible voice variants, of which each speaker gets one."""
    text = resources.files(__package__).joinpath("variants.txt").read_text(encoding="utf-8")
    return text.split("\n")[:-1] if text.endswith("\n") else text.split("\n")


def synthesise(
    destination: str | Path,
    speakers: int = 60,
    repetitions: int = 5,
    seed: int = 0,
    processes: int = 1,
) -> Path:
    """Synthesise the ten digits by many speakers, as ``SS/D_SS_R.wav``.

    The files are 16-bit mono at 22,050 Hz. The same arguments give the same bytes, whatever the
    number of processes; fewer speakers or repetitions give a part of what more would.

    Parameters
    ----------
    destination
        The folder to make. It appears only when all recordings are there.
    speakers
        Number of speakers, 1 to the number of `variants`.
    repetitions
        Recordings of each digit by each speaker, 1 to 50.
    seed
        Seed of voices and variations.
    processes
        Speakers to synthesise at a time.

    Returns
    -------
    Path
        ``destination``.

    Raises
    ------
    UserError
        If eSpeak NG is not installed or lacks a voice, a number is out of range, or the
        synthesising process fails.
    """
    _check_range("speakers", speakers, 1, len(variants()))
    _check_range("repetitions", repetitions, 1, MAX_REPETITIONS)
    _check_range("seed", seed, 0, 2**32 - 1)
    _check_range("processes", processes, 1, None)
    data = _espeak_data()
    _check_variants(data)
    started = time.monotonic()
    with atomic_directory(destination) as folder:
        task = espeak_worker.Task(str(folder), speakers, repetitions, seed, processes, variants())
        _run_worker(task)
    logger.info(
        "synthesised %d recordings in %.1f s",
        speakers * repetitions * len(espeak_worker.DIGIT_WORDS),
        time.monotonic() - started,
    )
    return Path(destination)


def _check_range(key: str, value: int, lowest: int, highest: int | None) -> None:
    if value < lowest or (highest is not None and value > highest):
        allowed = f"at least {lowest}" if highest is None else f"{lowest} to {highest}"
        raise UserError(f"espeak: {key} is {value}, allowed is {allowed}.")


def _espeak_data() -> Path:
    if find_spec("espeakng_loader") is None:
        raise UserError(
            "The corpus espeak needs eSpeak NG, which is not installed. "
            "Install it: pip install 'mishear[espeak]'"
        )
    import espeakng_loader

    return Path(espeakng_loader.get_data_path())


def _check_variants(data: Path) -> None:
    # eSpeak NG takes the base voice for an unknown variant, without a word.
    missing = [name for name in variants() if not (data / "voices" / "!v" / name).is_file()]
    if missing:
        raise UserError(
            f"The installed eSpeak NG ({data}) lacks the voices {', '.join(missing)}. "
            "Install the version that Mishear is made for: pip install 'mishear[espeak]'"
        )


def _run_worker(task: espeak_worker.Task) -> None:
    result = subprocess.run(
        [sys.executable, "-m", espeak_worker.__name__],
        input=json.dumps(vars(task)),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=_worker_environment(),
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode:
        last_lines = "\n".join(result.stderr.strip().splitlines()[-4:])
        raise UserError(
            f"eSpeak NG failed (exit status {result.returncode}):\n{last_lines}\n"
            "Run again; if it fails again, install it anew: "
            "pip install --force-reinstall 'mishear[espeak]'"
        )


def _worker_environment() -> dict[str, str]:
    """Extend this environment so that the worker finds Mishear and computes on one thread."""
    library = str(Path(mishear.__file__).parents[1])
    path = os.pathsep.join(filter(None, [library, os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
