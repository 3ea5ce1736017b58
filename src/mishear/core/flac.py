"""Sounds on disk: many recordings of one length, one after the other, in a FLAC file.

FLAC is lossless, so what is read is what was written, with 16 bits a sample.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import soundfile

from mishear.core.errors import UserError
from mishear.core.files import atomic_path

STEPS = 2**15
"""Steps of 16-bit samples between silence and full scale."""


def sixteen_bit(waveforms: np.ndarray) -> np.ndarray:
    """Samples as 16-bit integers: rounded to the nearest step, cut off beyond full scale.

    libsndfile's own conversion of floats scales by 32767 and reads back by 32768.
    """
    return np.round(waveforms * STEPS).clip(-STEPS, STEPS - 1).astype(np.int16)


def write_sound(path: Path, chunks: Iterable[np.ndarray], sample_rate: int) -> None:
    """Write recordings.

    Parameters
    ----------
    path
        The FLAC file; empty if there are no recordings, for which FLAC has no form.
    chunks
        Arrays of shape (recordings, samples), full scale is -1 to 1.
    sample_rate
        Hz.
    """
    with atomic_path(path) as temporary:
        with soundfile.SoundFile(
            temporary, "w", sample_rate, channels=1, format="FLAC", subtype="PCM_16"
        ) as file:
            for chunk in chunks:
                file.write(sixteen_bit(chunk).ravel())
            written = file.frames
        if not written:
            temporary.write_bytes(b"")


def read_sound(path: Path, samples: int, rows: Sequence[int] | np.ndarray | None = None):
    """Read recordings.

    Parameters
    ----------
    path
        What :func:`write_sound` wrote.
    samples
        Of each recording.
    rows
        Numbers of the recordings wanted; unset: all.

    Returns
    -------
    numpy.ndarray of shape (recordings, samples), float32

    Raises
    ------
    UserError
        If the file does not hold whole recordings.
    """
    if not path.stat().st_size:
        return np.empty((0, samples), np.float32)
    with soundfile.SoundFile(path) as file:
        count, rest = divmod(file.frames, samples)
        if rest:
            raise UserError(
                f"{path}: {file.frames} samples are not a whole number of recordings of {samples} "
                f"samples. Delete it and run again."
            )
        if rows is None:
            read = file.read(dtype="int16").reshape(count, samples)
        else:
            read = np.empty((len(rows), samples), np.int16)
            for place, row in enumerate(rows):
                file.seek(int(row) * samples)
                file.read(out=read[place])
    return read.astype(np.float32) / STEPS


def join_sounds(sounds: Sequence[Path], path: Path) -> None:
    """Join sounds with the same rate to one."""
    filled = [sound for sound in sounds if sound.stat().st_size]
    with soundfile.SoundFile(filled[0]) as first:
        sample_rate = first.samplerate
    write_sound(path, (read_sound(sound, 1).T for sound in filled), sample_rate)
