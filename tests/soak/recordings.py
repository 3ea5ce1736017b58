"""Damaged recordings: each is used with sound that is what it should be, or rejected by name."""

import io
import random
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import torch
import torchaudio  # noqa: F401  imported here, so that no case pays for it

from mishear.corpora.index import index_recordings
from mishear.features.waveforms import read_mono
from tests.soak.guarding import Wrong
from tests.soak.mutating import mutated

KINDS = [
    ("wav", "PCM_16"), ("wav", "PCM_U8"), ("wav", "PCM_24"), ("wav", "FLOAT"), ("wav", "DOUBLE"),
    ("wav", "ULAW"), ("wav", "GSM610"), ("wav", "IMA_ADPCM"), ("wav", "MS_ADPCM"),
    ("wav", "NMS_ADPCM_16"), ("wav", "G721_32"), ("flac", "PCM_16"), ("flac", "PCM_24"),
    ("ogg", "VORBIS"), ("ogg", "OPUS"),
]  # fmt: skip
RATES = [8000, 16000, 22050, 44100]


@cache
def sound(suffix: str, subtype: str, rate: int, channels: int, seed: int) -> bytes:
    """Return a valid recording of a third of a second."""
    samples = np.random.default_rng(seed).normal(0, 0.1, (rate // 3, channels)).clip(-1, 1)
    file = io.BytesIO()
    soundfile.write(file, samples, rate, subtype, format=suffix)
    return file.getvalue()


def case(draw: random.Random, folder: Path) -> str:
    """Index a folder with a damaged and a sound recording, and read what the index accepted."""
    suffix, subtype = draw.choice(KINDS)
    torch.set_num_threads(1)
    mono = subtype in ("GSM610", "NMS_ADPCM_16", "G721_32")
    channels = 1 if mono else draw.choice([1, 1, 2])
    rate = 8000 if mono else draw.choice([8000, 16000] if subtype == "OPUS" else RATES)
    content = sound(suffix, subtype, rate, channels, draw.randrange(4))
    (folder / "a").mkdir()
    (folder / "a" / f"damaged.{suffix}").write_bytes(mutated(content, draw))
    (folder / "a" / "sound.wav").write_bytes(sound("wav", "PCM_16", 16000, 1, 0))
    rows, rejected = index_recordings(folder, r"(?P<label>\w+)/")
    names = [row.recording for row in rows] + [each.recording for each in rejected]
    if len(names) != 2 or "a/sound.wav" not in [row.recording for row in rows]:
        raise Wrong(f"of two recordings the index has {names}")
    for row in rows:
        waveform = read_mono(folder / row.recording, 16000, row.content)
        if not np.isfinite(waveform).all():
            raise Wrong(f"{row.recording} is accepted and has samples that are not finite")
        if abs(len(waveform) - row.seconds * 16000) > 2 + 0.01 * len(waveform):
            raise Wrong(f"{len(waveform)} samples at 16 kHz, but the index has {row.seconds} s")
    return rejected[0].reason if rejected else "used"
