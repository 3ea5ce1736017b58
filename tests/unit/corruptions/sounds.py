"""Sounds that corruptions are measured on."""

import numpy as np

from mishear.corruptions.base import Context, Voices

RATE = 16000


def burst(rate=RATE, seconds=1.0, hertz=(220, 450, 830, 1610), seed=0):
    """Something like a word: a few partials and noise, with silence before and after."""
    time = np.arange(round(rate * seconds)) / rate
    envelope = np.exp(-(((time - seconds / 2) / (0.12 * seconds)) ** 2))
    noise = 0.05 * np.random.default_rng(seed).standard_normal(len(time))
    word = 0.1 * envelope * (sum(np.sin(2 * np.pi * each * time) for each in hertz) + noise)
    word[: len(word) // 5] = 0
    word[-len(word) // 5 :] = 0
    return word.astype(np.float32)


def sine(hertz, rate=RATE, seconds=1.0):
    """A sine in the middle half of a recording."""
    time = np.arange(round(rate * seconds)) / rate
    wave = 0.3 * np.sin(2 * np.pi * hertz * time)
    wave[: len(wave) // 4] = 0
    wave[-len(wave) // 4 :] = 0
    return wave.astype(np.float32)


def frequency(waveform, rate=RATE):
    """The frequency of the strongest partial, in Hz."""
    spectrum = np.abs(np.fft.rfft(waveform, 8 * len(waveform)))
    return spectrum.argmax() * rate / (8 * len(waveform))


def context(content="a", rate=RATE):
    """A recording among eight voices, ``a`` to ``h``."""
    said = np.stack([burst(rate, hertz=(200 + 20 * n, 500 + 90 * n), seed=n) for n in range(8)])
    return Context(content, rate, Voices(np.array(list("abcdefgh")), said.__getitem__))


def lag(clean, changed):
    """By how many samples a recording is late, by cross-correlation."""
    size = 2 * len(clean)
    product = np.fft.rfft(changed, size) * np.conj(np.fft.rfft(clean, size))
    found = int(np.fft.irfft(product).argmax())
    return found if found < len(clean) else found - size
