"""Measure the audio quality of a recording against its clean version.

Signal-to-noise ratio and SI-SDR measure the distortion, PESQ estimates the opinion of a listener,
and STOI the intelligibility.
"""

import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.flac import STEPS
from mishear.features.waveforms import Ratios, active_speech, resampler

PESQ_RATE = 16000
"""Hz; the rate of wide-band PESQ."""

SECONDS_FOR_STOI = 2.0

MISSING = (
    "listening needs the package '{package}', which is not installed. Install it: "
    "pip install 'mishear[listening]'."
)


def measure_quality(
    clean: np.ndarray,
    changed: np.ndarray,
    sample_rate: int,
    names: Sequence[str],
    labels: Sequence[str],
) -> Iterable[dict[str, Any]]:
    """Measure the quality of recordings against their clean versions.

    Parameters
    ----------
    clean, changed
        Shape (recordings, samples), full scale is -1 to 1.
    sample_rate
        Hz.
    names, labels
        Name and label of each recording.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.listening.QUALITY`. ``snr_db`` and ``si_sdr_db`` are
        infinite where nothing was changed. What cannot be measured is None, with the reason in
        ``note``.

    Raises
    ------
    UserError
        If a package is not installed.
    """
    for before, after, name, label in zip(clean, changed, names, labels, strict=True):
        row = {"recording": name, "label": label, "clipped": clipped_share(after)}
        if not before.any():
            silent = dict.fromkeys(("snr_db", "si_sdr_db", "pesq", "stoi"))
            yield row | silent | {"note": "the clean recording is silent"}
            continue
        opinion, rejected = perceptual_quality(before, after, sample_rate)
        understood, unmeasured = intelligibility(before, after, sample_rate)
        yield row | {
            **asdict(Ratios.of(before, after)),
            "pesq": opinion,
            "stoi": understood,
            "note": "; ".join(filter(None, (rejected, unmeasured))),
        }


def clipped_share(waveform: np.ndarray) -> float:
    """Compute the share of samples at full scale, to which louder ones are clipped when saved."""
    return float(np.mean((waveform <= -1) | (waveform >= 1 - 1 / STEPS)))


def perceptual_quality(
    clean: np.ndarray, changed: np.ndarray, sample_rate: int
) -> tuple[float | None, str]:
    """Compute wide-band PESQ (ITU-T P.862.2), 1 (bad) to 4.64 (no difference), by ``pesq``.

    It covers frequencies below 8 kHz. It was designed for sentences of 8 seconds and more: on
    single words it allows comparisons, but is no opinion score. It rejects some short recordings.

    Parameters
    ----------
    clean, changed
        Shape (samples,).
    sample_rate
        Hz.

    Returns
    -------
    score
        None where it is rejected.
    note
        The reason.
    """
    with _installed("pesq"):
        import pesq
    pair = (_at_rate(each, sample_rate, PESQ_RATE) for each in (clean, changed))
    try:
        return float(pesq.pesq(PESQ_RATE, *pair, "wb")), ""
    except (pesq.NoUtterancesError, pesq.BufferTooShortError) as error:
        return None, f"PESQ: {_text(error)}"


def intelligibility(
    clean: np.ndarray, changed: np.ndarray, sample_rate: int
) -> tuple[float | None, str]:
    """Compute short-time objective intelligibility, 0 to 1 (Taal et al. 2011), by ``pystoi``.

    STOI compares stretches of 384 ms after removing silent frames. For shorter recordings, as
    spoken digits often are, it returns 1e-5. So the active speech of both recordings is repeated
    until it lasts two seconds: every stretch then contains the word, or its end and beginning.
    Where too little is left even so, it is not measured.

    Parameters
    ----------
    clean, changed
        Shape (samples,); clean is not silent.
    sample_rate
        Hz.

    Returns
    -------
    score
        None where it is not measured.
    note
        The reason.
    """
    with _installed("pystoi"):
        import pystoi
    speech = active_speech(clean)
    repeats = math.ceil(SECONDS_FOR_STOI * sample_rate / (speech.stop - speech.start))
    pair = (np.tile(np.float64(each[speech]), repeats) for each in (clean, changed))
    with warnings.catch_warnings(action="error", category=RuntimeWarning):
        try:
            return float(pystoi.stoi(*pair, sample_rate)), ""
        except RuntimeWarning as warning:
            return None, f"STOI: {_text(warning).partition('. ')[0]}"


def _at_rate(waveform: np.ndarray, sample_rate: int, wanted: int) -> np.ndarray:
    import torch

    return resampler(sample_rate, wanted)(torch.from_numpy(np.float32(waveform))).numpy()


def _text(error: Exception) -> str:
    first = error.args[0] if error.args else error
    return first.decode() if isinstance(first, bytes) else str(first)


@contextmanager
def _installed(package: str) -> Iterator[None]:
    """Say which package to install where its import fails."""
    try:
        yield
    except ImportError as error:
        raise UserError(MISSING.format(package=package)) from error
