"""How much worse a recording sounds than its clean version.

Signal-to-noise ratio and SI-SDR measure the change, PESQ what a listener would say of it, STOI
what would still be understood.
"""

import math
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.flac import STEPS
from mishear.features.waveforms import active_speech, resampler, signal_to_noise_ratio

EAR_RATE = 16000
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
    """The quality of recordings against their clean versions.

    Parameters
    ----------
    clean, changed
        Shape (recordings, samples), full scale is -1 to 1.
    sample_rate
        Hz.
    names, labels
        Of the recordings.

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
        opinion, refused = perceptual_quality(before, after, sample_rate)
        understood, unknown = intelligibility(before, after, sample_rate)
        yield row | {
            "snr_db": signal_to_noise_ratio(before, after),
            "si_sdr_db": scale_invariant_ratio(before, after),
            "pesq": opinion,
            "stoi": understood,
            "note": "; ".join(filter(None, (refused, unknown))),
        }


def clipped_share(waveform: np.ndarray) -> float:
    """The share of samples at full scale, which louder ones were cut to when they were saved."""
    return float(np.mean((waveform <= -1) | (waveform >= 1 - 1 / STEPS)))


def scale_invariant_ratio(clean: np.ndarray, changed: np.ndarray) -> float | None:
    """SI-SDR in dB over the active speech (Le Roux et al. 2019, eq. 3).

    Both are brought to a mean of zero before, as its definition has it: a constant offset, such as
    that of the paper's noise from U[0, amplitude), is not heard.

    Parameters
    ----------
    clean, changed
        Shape (samples,).

    Returns
    -------
    float or None
        Infinite where the change is one of loudness or offset alone, minus infinite where nothing
        of the clean recording is left; None where that is constant.
    """
    speech = active_speech(clean)
    if np.array_equal(clean[speech], changed[speech]):
        return math.inf
    before, after = (np.float64(each[speech]) for each in (clean, changed))
    before, after = before - before.mean(), after - after.mean()
    if not before.any():
        return None
    target = (after @ before) / (before @ before) * before
    distortion = after - target
    signal, noise = target @ target, distortion @ distortion
    if not signal:
        return -math.inf
    return 10 * math.log10(signal / noise) if noise else math.inf


def perceptual_quality(
    clean: np.ndarray, changed: np.ndarray, sample_rate: int
) -> tuple[float | None, str]:
    """Wide-band PESQ (ITU-T P.862.2), 1 (bad) to 4.64 (no difference), by the package ``pesq``.

    It hears what lies below 8 kHz. It was made for sentences of 8 seconds and more, so that on
    single words it compares, but is no opinion score; some short recordings it refuses.

    Parameters
    ----------
    clean, changed
        Shape (samples,).
    sample_rate
        Hz.

    Returns
    -------
    score
        None where it is refused.
    note
        Why.
    """
    pesq = _package("pesq")
    pair = (_at_rate(each, sample_rate, EAR_RATE) for each in (clean, changed))
    try:
        return float(pesq.pesq(EAR_RATE, *pair, "wb")), ""
    except (pesq.NoUtterancesError, pesq.BufferTooShortError) as error:
        return None, f"PESQ: {_text(error)}"


def intelligibility(
    clean: np.ndarray, changed: np.ndarray, sample_rate: int
) -> tuple[float | None, str]:
    """Short-time objective intelligibility, 0 to 1 (Taal et al. 2011), by the package ``pystoi``.

    STOI compares stretches of 384 ms after leaving silent frames out; of what is shorter, as
    spoken digits often are, it knows nothing and gives 1e-5. So the active speech of both
    recordings is repeated until it lasts two seconds: every stretch then holds the word, or the
    end and the beginning of it. Where even so too little is left, it is not measured.

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
        Why.
    """
    speech = active_speech(clean)
    repeats = math.ceil(SECONDS_FOR_STOI * sample_rate / (speech.stop - speech.start))
    pair = (np.tile(np.float64(each[speech]), repeats) for each in (clean, changed))
    with warnings.catch_warnings(action="error", category=RuntimeWarning):
        try:
            return float(_package("pystoi").stoi(*pair, sample_rate)), ""
        except RuntimeWarning as warning:
            return None, f"STOI: {_text(warning).partition('. ')[0]}"


def _at_rate(waveform: np.ndarray, sample_rate: int, wanted: int) -> np.ndarray:
    import torch

    return resampler(sample_rate, wanted)(torch.from_numpy(np.float32(waveform))).numpy()


def _text(error: Exception) -> str:
    first = error.args[0] if error.args else error
    return first.decode() if isinstance(first, bytes) else str(first)


def _package(name: str):
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise UserError(MISSING.format(package=name.partition(".")[0])) from error
