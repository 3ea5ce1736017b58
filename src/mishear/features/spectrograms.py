"""Convert waveforms to mel-spectrograms in decibels (paper, "Input", item 2)."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np


def mel_front_end(front_end: dict[str, Any]):
    """Build the front end as a differentiable module.

    Wraps ``torchaudio.transforms.MelSpectrogram`` and ``AmplitudeToDB`` (power; ``top_db`` is
    applied to each recording by itself).

    Parameters
    ----------
    front_end
        The front end's definition.

    Returns
    -------
    torch.nn.Module
        Maps waveforms of shape (recordings, 1, samples) to dB mel-spectrograms of shape
        (recordings, 1, n_mels, frames).
    """
    import torch
    from torchaudio.transforms import AmplitudeToDB, MelSpectrogram

    mel = MelSpectrogram(
        sample_rate=front_end["sample_rate"],
        n_fft=front_end["n_fft"],
        hop_length=front_end["hop_length"],
        n_mels=front_end["n_mels"],
    )
    return torch.nn.Sequential(mel, AmplitudeToDB(stype="power", top_db=front_end["top_db"]))


def spectrograms(chunks: Iterable[np.ndarray], front_end: dict[str, Any]) -> Iterator[np.ndarray]:
    """Compute dB mel-spectrograms of chunks of waveforms.

    Parameters
    ----------
    chunks
        Arrays of shape (recordings, samples).
    front_end
        The front end's definition.

    Yields
    ------
    numpy.ndarray of shape (recordings, 1, n_mels, frames), float32, in dB
    """
    import torch

    transform = mel_front_end(front_end)
    for chunk in chunks:
        with torch.inference_mode():
            # A copy: torch warns about arrays that it must not write to, such as those on disk.
            batch = torch.from_numpy(np.array(chunk, dtype=np.float32))
            yield transform(batch.unsqueeze(1)).numpy()
