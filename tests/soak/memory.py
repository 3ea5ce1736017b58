"""Recordings that would take much memory: every job stays below what it asks Snakemake for."""

import re
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile

from tests.projects import Project, new_project
from tests.soak.guarding import ACCEPTED, DIED, WRONG, Outcome
from tests.soak.study import EVERY_RULE

STUDY = EVERY_RULE | {
    "corpora": {
        "tiny": {
            "source": "folder",
            "path": "recordings",
            "pattern": r"(?P<label>\d)/",
            "max_rejected_share": 1,
        }
    }
}
_USED = re.compile(r"used (\d+) MB of memory of (\d+) MB asked")


def noise(seed: int, samples: int, channels: int = 1) -> np.ndarray:
    """Return noise of shape (samples, channels)."""
    return np.random.default_rng(seed).normal(0, 0.1, (samples, channels)).astype(np.float32)


def long(path: Path, rate: int, channels: int, seconds: float) -> None:
    """Write a second of noise and so many of silence, which take no room on the disk."""
    soundfile.write(path, noise(rate, rate, channels), rate, "PCM_16")
    size = 44 + round(seconds * rate) * channels * 2
    with path.open("r+b") as file:
        file.truncate(size)
        file.seek(4)
        file.write(struct.pack("<I", size - 8))
        file.seek(40)
        file.write(struct.pack("<I", size - 44))


def at_rate(path: Path, rate: int) -> None:
    soundfile.write(path, noise(rate, rate // 2), rate)


def with_value(path: Path, value: float) -> None:
    """Write noise with one sample of a value."""
    samples = noise(1, 8000)
    samples[4000] = value
    soundfile.write(path, samples, 16000, "FLOAT")


def promising(path: Path, samples: int) -> None:
    """Write a FLAC whose header promises so many samples."""
    soundfile.write(path, noise(2, 8000), 16000, format="FLAC")
    content = bytearray(path.read_bytes())
    fields = int.from_bytes(content[18:26], "big") >> 36 << 36 | samples
    content[18:26] = fields.to_bytes(8, "big")
    path.write_bytes(content)


HOSTILE: dict[str, Callable[[Path], object]] = {
    "hour.wav": lambda path: long(path, 48_000, 2, 3600),
    "hours.wav": lambda path: long(path, 8_000, 1, 12 * 3600),
    "minutes-at-768kHz.wav": lambda path: long(path, 768_000, 1, 300),
    "channels.wav": lambda path: long(path, 48_000, 1024, 2),
    **{f"{rate}Hz.wav": lambda path, rate=rate: at_rate(path, rate) for rate in (
        1_999, 2_000, 2_003, 11_027, 44_101, 191_999, 767_999, 768_000, 768_001
    )},
    **{f"value{value}.wav": lambda path, value=value: with_value(path, value) for value in (
        9.9, 1e4, 1e30, float("inf"), float("nan")
    )},
    **{f"promises{samples}.flac": lambda path, samples=samples: promising(path, samples)
       for samples in (0, 1, 1 << 34, (1 << 36) - 1)},
}  # fmt: skip


def write_recordings(folder: Path) -> None:
    """Write six ordinary recordings of each class, and the hostile ones, all of one class."""
    for label in range(10):
        for number in range(6):
            path = folder / str(label) / f"{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, noise(10 * label + number, 8000), 16000)
    for name, write in HOSTILE.items():
        write(folder / "0" / name)


def jobs(folder: Path, seed: int, first: int, count: int, end: float) -> Iterator[Outcome]:
    """Run a study on hostile recordings, and compare what each job used with what it asked for."""
    begin = time.monotonic()
    project = new_project(folder / "hostile", STUDY)
    write_recordings(project.folder / "recordings")
    done = project.snakemake(cold=True)
    seconds = time.monotonic() - begin
    if done.returncode:
        yield Outcome("memory", first, DIED, done.stdout[-3000:], seconds)
    for number, (log, used, asked) in enumerate(used_by(project), first):
        verdict = ACCEPTED if used < asked else WRONG
        yield Outcome("memory", number, verdict, f"{log}: {used} of {asked} MB", seconds)


def used_by(project: Project) -> Iterator[tuple[str, int, int]]:
    """Yield the log of each job, the megabytes that it used and those that it asked for."""
    logs = project.folder / "logs"
    for log in sorted(logs.rglob("*.log")):
        for used, asked in _USED.findall(log.read_text(errors="replace")):
            yield str(log.relative_to(logs)), int(used), int(asked)
