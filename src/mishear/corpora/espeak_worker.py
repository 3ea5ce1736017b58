"""Synthesise the embedded corpus as a process of its own: ``python -m``, with a task on stdin.

A separate program has three advantages. eSpeak NG stays out of Mishear's process. Speakers can be
forked safely, since nothing else runs here. And the caller's main script is not run a second time,
as multiprocessing would do.
"""

import json
import multiprocessing
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

from mishear.runtime.jobs import end_with_parent

if TYPE_CHECKING:
    import numpy as np

    from mishear.corpora.espeak_driver import Espeak

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SAMPLE_RATE = 22050

# American English is drawn most often.
_ACCENTS = (*("en-us",) * 5, "en", "en-gb-x-rp", "en-gb-scotland", "en-029", "en-us-nyc")
_ACCENTS += ("en-gb-x-gbclan", "en-gb-x-gbcwmd")
_VARIANT_STREAM = 999
_SILENCE = 0.004
_SAMPLES_BEFORE = 200
_SAMPLES_AFTER = 400


@dataclass(frozen=True)
class Task:
    """The parameters of :func:`mishear.corpora.espeak.synthesise`."""

    folder: str
    speakers: int
    repetitions: int
    seed: int
    processes: int
    variants: Sequence[str]


@dataclass(frozen=True)
class Speaker:
    """The properties that all recordings of a speaker share.

    Attributes
    ----------
    voice
        eSpeak NG's language and variant.
    words_per_minute
        Rate of speech.
    pitch, pitch_range
        In eSpeak NG's unit, 0 to 99.
    level
        Peak amplitude, 0 to 1.
    noise
        Standard deviation of the background noise, as a fraction of full scale.
    reverberation
        Length of the room's response in seconds.
    wetness
        Energy of the room's response against the direct sound.
    tilt
        Coefficient of the one-zero filter that models the microphone.
    """

    voice: str
    words_per_minute: int
    pitch: int
    pitch_range: int
    level: float
    noise: float
    reverberation: float
    wetness: float
    tilt: float


def main() -> None:
    """Read a task from stdin and synthesise it."""
    end_with_parent()
    run(Task(**json.load(sys.stdin)))


def run(task: Task) -> None:
    """Synthesise all speakers, each in a fresh process, so that the bytes depend on no order.

    Parameters
    ----------
    task
        What to synthesise.
    """
    # Imported once here instead of in each child.
    import scipy.signal  # noqa: F401
    import soundfile  # noqa: F401

    fork = multiprocessing.get_context("fork")
    waiting = list(range(task.speakers, 0, -1))
    running: dict[int, BaseProcess] = {}
    while waiting or running:
        while waiting and len(running) < task.processes:
            number = waiting.pop()
            process = fork.Process(
                target=_synthesise_speaker,
                args=(task, number),
                name=f"speaker {number:02d}",
                daemon=True,  # ended with this process if another speaker fails
            )
            process.start()
            running[process.sentinel] = process
        for sentinel in wait(list(running)):
            _check_ended(running.pop(sentinel))


def draw_speaker(seed: int, number: int, variants: Sequence[str]) -> Speaker:
    """Draw a speaker's voice, room and microphone.

    Parameters
    ----------
    seed
        The corpus's seed.
    number
        The speaker's number, from 1.
    variants
        Names of voice variants; no two speakers share one.

    Returns
    -------
    Speaker
        The same for the same arguments.
    """
    import numpy as np

    order = np.random.default_rng([seed, _VARIANT_STREAM]).permutation(len(variants))
    random = np.random.default_rng([seed, number - 1])
    return Speaker(
        voice=f"{_ACCENTS[random.integers(len(_ACCENTS))]}+{variants[order[number - 1]]}",
        words_per_minute=int(random.integers(130, 190)),
        pitch=int(random.integers(30, 70)),
        pitch_range=int(random.integers(30, 70)),
        level=random.uniform(0.25, 0.8),
        noise=10 ** random.uniform(-4, -2.7),
        reverberation=random.uniform(0.02, 0.12),
        wetness=random.uniform(0, 0.25),
        tilt=random.uniform(-0.35, 0.35),
    )


def synthesise_recording(
    espeak: "Espeak", speaker: Speaker, word: str, random: "np.random.Generator"
) -> "np.ndarray":
    """Synthesise one utterance with its variations.

    Parameters
    ----------
    espeak
        The synthesiser.
    speaker
        The speaker.
    word
        The word.
    random
        Source of this recording's variations.

    Returns
    -------
    numpy.ndarray
        Samples at 22,050 Hz, within -1 to 1.
    """
    import numpy as np
    from scipy.signal import resample_poly

    samples = espeak.say(
        word,
        speaker.voice,
        words_per_minute=int(speaker.words_per_minute * np.exp(random.normal(0, 0.10))),
        pitch=int(np.clip(speaker.pitch + random.normal(0, 8), 0, 99)),
        pitch_range=int(np.clip(speaker.pitch_range + random.normal(0, 15), 0, 99)),
    )
    waveform = _trim(samples.astype(np.float32) / 32768)
    # Another vocal tract: tempo and formants shift together.
    waveform = resample_poly(waveform, 100, round(100 * np.exp(random.normal(0, 0.03))))
    waveform = _add_room(_tilt(waveform.astype(np.float32), speaker.tilt), speaker, random)
    peak = speaker.level * np.exp(random.normal(0, 0.25))
    waveform *= peak / (np.abs(waveform).max() + 1e-9)
    return np.clip(waveform + random.normal(0, speaker.noise, len(waveform)), -0.999, 0.999)


def _trim(waveform: "np.ndarray") -> "np.ndarray":
    import numpy as np

    loud = np.flatnonzero(np.abs(waveform) > _SILENCE)
    if not len(loud):
        raise RuntimeError("eSpeak NG gave silence")
    return waveform[max(0, loud[0] - _SAMPLES_BEFORE) : loud[-1] + _SAMPLES_AFTER]


def _tilt(waveform: "np.ndarray", coefficient: float) -> "np.ndarray":
    import numpy as np

    return np.concatenate([waveform[:1], waveform[1:] + coefficient * waveform[:-1]])


def _add_room(
    waveform: "np.ndarray", speaker: Speaker, random: "np.random.Generator"
) -> "np.ndarray":
    import numpy as np
    from scipy.signal import fftconvolve

    length = int(speaker.reverberation * SAMPLE_RATE)
    response = random.normal(size=length) * np.exp(-6 * np.arange(length) / length)
    response *= speaker.wetness / np.sqrt((response**2).sum() + 1e-9)
    response[0] += 1
    return fftconvolve(waveform, response).astype(np.float32)


def _synthesise_speaker(task: Task, number: int) -> None:
    end_with_parent()
    import numpy as np
    import soundfile

    from mishear.corpora.espeak_driver import Espeak

    espeak = Espeak()
    if espeak.sample_rate != SAMPLE_RATE:
        raise RuntimeError(f"eSpeak NG synthesises at {espeak.sample_rate} Hz")
    speaker = draw_speaker(task.seed, number, task.variants)
    folder = os.path.join(task.folder, f"{number:02d}")
    os.mkdir(folder)
    # Repetitions are the outer loop: the state that the synthesiser keeps between words then does
    # not depend on how many there are.
    for repetition in range(task.repetitions):
        for digit, word in enumerate(DIGIT_WORDS):
            random = np.random.default_rng([task.seed, number - 1, digit, repetition])
            waveform = synthesise_recording(espeak, speaker, word, random)
            name = f"{digit}_{number:02d}_{repetition}.wav"
            path = os.path.join(folder, name)
            soundfile.write(path, waveform, SAMPLE_RATE, subtype="PCM_16")


def _check_ended(process: BaseProcess) -> None:
    process.join()
    if process.exitcode == 0:
        return
    cause = "see above"
    if process.exitcode < 0:
        cause = f"ended by signal {-process.exitcode}; out of memory?"
    sys.exit(f"{process.name} could not be synthesised ({cause})")


if __name__ == "__main__":
    main()
