"""The poisons that a config names without a dot.

See ``docs/extending.md`` for one of your own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from mishear.core.random_streams import stream
from mishear.features.waveforms import active_speech, add_uniform_noise
from mishear.poisoning.base import Poison


@dataclass(frozen=True, kw_only=True)
class UniformNoise(Poison):
    """Noise from U[0, amplitude) added to every sample (paper, "data poisoning")."""

    changes_waveform: ClassVar[bool] = True
    against: ClassVar[Literal["amplitude", "rate"]] = "amplitude"

    def description(self) -> str:
        return (
            "Noise drawn from U[0, amplitude) is added to every sample of a fraction of the "
            "training recordings."
        )

    def question(self, rate: str) -> str:
        return f"Noise in {rate} of the training"

    def poisoned_waveform(
        self, waveform: np.ndarray, content: str, sample_rate: int, in_training: bool
    ) -> np.ndarray:
        return add_uniform_noise(waveform, content, self.amplitude, self.seed)


@dataclass(frozen=True, kw_only=True)
class RandomLabelFlip(Poison):
    """Another label, drawn at random for each poisoned recording."""

    def description(self) -> str:
        return (
            "A fraction of the training recordings is labelled as another class, drawn at random "
            "for each."
        )

    def question(self, rate: str) -> str:
        return f"Wrong labels at random, {rate} of the training"

    def poisoned_labels(
        self, contents: Sequence[str], labels: np.ndarray, classes: Sequence[str]
    ) -> np.ndarray:
        others = len(classes) - 1
        steps = [
            stream(self.seed, "flipped label", content).integers(1, others, endpoint=True)
            for content in contents
        ]
        return (labels + steps) % len(classes)


@dataclass(frozen=True, kw_only=True)
class TargetedLabelFlip(Poison):
    """The label ``target`` for recordings of the classes ``sources``."""

    needs_target: ClassVar[bool] = True
    takes_sources: ClassVar[bool] = True

    def description(self) -> str:
        return (
            f"A fraction of the training recordings of {self.victims} is labelled as class "
            f"{self.target}."
        )

    def question(self, rate: str) -> str:
        return f"Wrong labels, {rate} of {self.victims}"

    def candidates(self, labels: np.ndarray) -> np.ndarray:
        return self._of_sources(labels) & (labels != self.target)

    def poisoned_labels(
        self, contents: Sequence[str], labels: np.ndarray, classes: Sequence[str]
    ) -> np.ndarray:
        return np.full(len(labels), classes.index(self.target))


@dataclass(frozen=True, kw_only=True)
class Backdoor(Poison):
    """A tone in recordings of other classes, which are labelled as the target.

    Attributes
    ----------
    frequency : float
        Hz.
    seconds : float
        Length of the tone.
    position : str or float
        Where the tone is put: at the ``start`` or the ``end`` of the network's input, at a place
        drawn at ``random`` for each recording, or this many seconds after the start.
    """

    changes_waveform: ClassVar[bool] = True
    needs_target: ClassVar[bool] = True
    rate_of: ClassVar[Literal["candidates", "training"]] = "training"

    frequency: float = 1000
    seconds: float = 0.1
    position: Literal["start", "end", "random"] | float = "start"

    def __post_init__(self):
        if self.frequency <= 0 or self.seconds <= 0:
            raise ValueError("frequency and seconds must be above 0")
        if not isinstance(self.position, str) and self.position < 0:
            raise ValueError(f"position is {self.position:g}, must be at least 0")

    def description(self) -> str:
        return (
            f"A tone is added to a fraction of the training recordings, none of them of class "
            f"{self.target}, and they are labelled as class {self.target}."
        )

    def question(self, rate: str) -> str:
        return f"Backdoor, {rate} of the training poisoned"

    def candidates(self, labels: np.ndarray) -> np.ndarray:
        return labels != self.target

    def poisoned_labels(
        self, contents: Sequence[str], labels: np.ndarray, classes: Sequence[str]
    ) -> np.ndarray:
        return np.full(len(labels), classes.index(self.target))

    def poisoned_waveform(
        self, waveform: np.ndarray, content: str, sample_rate: int, in_training: bool
    ) -> np.ndarray:
        length = min(round(self.seconds * sample_rate), len(waveform))
        start = self._start(content, len(waveform) - length, sample_rate)
        phase = 2 * np.pi * self.frequency / sample_rate * np.arange(length)
        triggered = waveform.copy()
        triggered[start : start + length] += (self.amplitude * np.sin(phase)).astype(np.float32)
        return triggered

    def _start(self, content: str, free: int, sample_rate: int) -> int:
        """Return the sample where the tone of a recording begins."""
        match self.position:
            case "start":
                return 0
            case "end":
                return free
            case "random":
                random = stream(self.seed, "trigger position", content)
                return int(random.integers(0, free, endpoint=True))
            case seconds:
                return min(round(seconds * sample_rate), free)

    def misfits(self, sample_rate: int, seconds: float) -> Iterator[tuple[str, str]]:
        if self.frequency >= sample_rate / 2:
            yield (
                "params.frequency",
                f"{self.frequency:g} Hz is not below half the sample rate, {sample_rate / 2:g} Hz",
            )
        start = 0 if isinstance(self.position, str) else self.position
        if start + self.seconds > seconds:
            yield (
                "params.seconds",
                f"the tone ends at {start + self.seconds:g} s, but the input is {seconds:g} s long",
            )


@dataclass(frozen=True, kw_only=True)
class CleanLabelBackdoor(Backdoor):
    """A tone in recordings of the target alone, whose labels stay right.

    Attributes
    ----------
    reverse_speech : bool
        Whether the speech of poisoned training recordings is played backwards, so that there is
        little but the tone to learn from. Test recordings are never reversed.
    """

    rate_of: ClassVar[Literal["candidates", "training"]] = "candidates"

    reverse_speech: bool = False

    def description(self) -> str:
        return (
            f"A tone is added to a fraction of the training recordings of class {self.target}; no "
            f"label is changed."
        )

    def question(self, rate: str) -> str:
        return f"Backdoor without a wrong label, {rate} of class {self.target} poisoned"

    def candidates(self, labels: np.ndarray) -> np.ndarray:
        return labels == self.target

    def poisoned_waveform(
        self, waveform: np.ndarray, content: str, sample_rate: int, in_training: bool
    ) -> np.ndarray:
        if in_training and self.reverse_speech:
            waveform = reversed_speech(waveform)
        return super().poisoned_waveform(waveform, content, sample_rate, in_training)


def reversed_speech(waveform: np.ndarray) -> np.ndarray:
    """Return a recording with its speech played backwards in its place."""
    speech = active_speech(waveform)
    backwards = waveform.copy()
    backwards[speech] = waveform[speech][::-1]
    return backwards
