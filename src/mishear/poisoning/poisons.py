"""Poisons: what is done to the waveforms and to the labels of training recordings.

A poison is a class. The config names it and its parameters; see ``docs/extending.md`` for one of
your own.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.core.random_streams import stream
from mishear.features.split import Division
from mishear.features.waveforms import active_speech, add_uniform_noise

GIVEN = FAMILIES["poisons"].given


@dataclass(frozen=True, kw_only=True)
class Poison(ABC):
    """A poison at one amplitude; derive from it for one of your own.

    Attributes
    ----------
    changes_waveform : bool
        Whether recordings are changed, those of the training and those of the test. If so, the
        config gives amplitudes.
    needs_target : bool
        Whether the poison aims at a class, which the config gives as ``target``.
    takes_sources : bool
        Whether the classes that the poison changes can be given as ``sources``.
    rate_of : str
        What the poisoning rate is a fraction of: the ``candidates``, or the whole ``training``
        split.
    against : str
        What the figure of the poison is drawn against: its ``amplitude`` or its ``rate``.
    amplitude : float or None
        Fraction of full scale.
    target : str or None
        The class aimed at.
    sources : sequence of str or None
        The classes whose recordings are changed. None: all but the target.
    seed : int
        Seed of all random draws.
    """

    changes_waveform: ClassVar[bool] = False
    needs_target: ClassVar[bool] = False
    takes_sources: ClassVar[bool] = False
    rate_of: ClassVar[Literal["candidates", "training"]] = "candidates"
    against: ClassVar[Literal["amplitude", "rate"]] = "rate"

    amplitude: float | None = None
    target: str | None = None
    sources: Sequence[str] | None = None
    seed: int = 0

    @abstractmethod
    def description(self) -> str:
        """Describe in a sentence what is done to which training recordings."""

    def question(self, rate: str) -> str:
        """Return a heading for what the poison achieves at a rate, such as ``"5 %"``."""
        return f"{type(self).__name__}, {rate} of the training poisoned"

    def candidates(self, labels: np.ndarray) -> np.ndarray:
        """Return which training recordings may be poisoned.

        Parameters
        ----------
        labels : numpy.ndarray of text, shape (training recordings,)

        Returns
        -------
        numpy.ndarray of bool, same shape
        """
        return np.ones(len(labels), bool)

    def poisoned_labels(
        self, recordings: Sequence[str], labels: np.ndarray, classes: Sequence[str]
    ) -> np.ndarray:
        """Return the class each training recording is labelled as once it is poisoned.

        Parameters
        ----------
        recordings
            Their names.
        labels : numpy.ndarray of int64, shape (training recordings,)
            Numbers of their true classes.
        classes
            Names of all classes, in the order of their numbers.

        Returns
        -------
        numpy.ndarray of int64, same shape as ``labels``
        """
        return labels

    def poisoned_waveform(
        self, waveform: np.ndarray, name: str, sample_rate: int, in_training: bool
    ) -> np.ndarray:
        """Return a recording as the poison leaves it.

        Parameters
        ----------
        waveform
            Shape (samples,), full scale is -1 to 1.
        name
            Name of the recording. With ``seed`` it determines all that is random.
        sample_rate
            Hz.
        in_training
            Whether the recording belongs to the training split.

        Returns
        -------
        numpy.ndarray of shape (samples,), float32
            Not clipped.
        """
        return waveform

    def misfits(self, sample_rate: int, seconds: float) -> Iterator[tuple[str, str]]:
        """Yield why a front end cannot hold the poison: a key of the poison, and the reason.

        Parameters
        ----------
        sample_rate
            Of the front end, Hz.
        seconds
            Length of its input.
        """
        yield from ()

    def targets(self, labels: np.ndarray) -> np.ndarray | None:
        """Return the class that each test recording is meant to be classified as.

        Parameters
        ----------
        labels : numpy.ndarray of text, shape (test recordings,)

        Returns
        -------
        numpy.ndarray of text, same shape, or None
            Empty where the poison aims at nothing: recordings of classes that are not among its
            sources, and all recordings if it changes labels alone and has no target. None: any
            wrong class counts as a success.
        """
        if self.target is None:
            return None if self.changes_waveform else np.full(len(labels), "", dtype=object)
        return np.where(self._of_sources(labels), self.target, "").astype(object)

    @property
    def victims(self) -> str:
        """The classes whose test recordings the poison is aimed at, in words."""
        if not self.sources:
            return "other classes"
        return f"class{'es' * (len(self.sources) > 1)} {', '.join(self.sources)}"

    def _of_sources(self, labels: np.ndarray) -> np.ndarray:
        if not self.sources:
            return np.ones(len(labels), bool)
        return np.isin(labels, list(self.sources))


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
        self, waveform: np.ndarray, name: str, sample_rate: int, in_training: bool
    ) -> np.ndarray:
        return add_uniform_noise(waveform, name, self.amplitude, self.seed)


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
        self, recordings: Sequence[str], labels: np.ndarray, classes: Sequence[str]
    ) -> np.ndarray:
        others = len(classes) - 1
        steps = [
            stream(self.seed, "flipped label", name).integers(1, others, endpoint=True)
            for name in recordings
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
        self, recordings: Sequence[str], labels: np.ndarray, classes: Sequence[str]
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
        self, recordings: Sequence[str], labels: np.ndarray, classes: Sequence[str]
    ) -> np.ndarray:
        return np.full(len(labels), classes.index(self.target))

    def poisoned_waveform(
        self, waveform: np.ndarray, name: str, sample_rate: int, in_training: bool
    ) -> np.ndarray:
        length = min(round(self.seconds * sample_rate), len(waveform))
        start = self._start(name, len(waveform) - length, sample_rate)
        phase = 2 * np.pi * self.frequency / sample_rate * np.arange(length)
        triggered = waveform.copy()
        triggered[start : start + length] += (self.amplitude * np.sin(phase)).astype(np.float32)
        return triggered

    def _start(self, name: str, free: int, sample_rate: int) -> int:
        """Return the sample where the tone of a recording begins."""
        match self.position:
            case "start":
                return 0
            case "end":
                return free
            case "random":
                random = stream(self.seed, "trigger position", name)
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
        self, waveform: np.ndarray, name: str, sample_rate: int, in_training: bool
    ) -> np.ndarray:
        if in_training and self.reverse_speech:
            waveform = reversed_speech(waveform)
        return super().poisoned_waveform(waveform, name, sample_rate, in_training)


def reversed_speech(waveform: np.ndarray) -> np.ndarray:
    """Return a recording with its speech played backwards in its place."""
    speech = active_speech(waveform)
    backwards = waveform.copy()
    backwards[speech] = waveform[speech][::-1]
    return backwards


def build_poison(definition: Mapping[str, Any]) -> Poison:
    """Build a poison at one amplitude.

    Parameters
    ----------
    definition
        ``class``, ``params``, ``amplitude``, ``target``, ``sources`` and ``seed`` as in the config,
        and ``recipe``, the name of the recipe it belongs to.

    Raises
    ------
    UserError
        If there is no such class, or its parameters do not fit.
    """
    given = {name: definition[name] for name in GIVEN}
    return FAMILIES["poisons"].build(definition, f"recipes.{definition['recipe']}.poison", **given)


def unknown_classes(
    poison: Poison, classes: Sequence[str]
) -> Iterator[tuple[Literal["target", "sources"], str]]:
    """Yield the classes that a poison names and that are not there, with their keys."""
    if poison.target is not None and poison.target not in classes:
        yield "target", poison.target
    for source in poison.sources or []:
        if source not in classes:
            yield "sources", source


def check_classes(poison: Poison, classes: Sequence[str], where: str) -> None:
    """Check that the classes a poison names are there.

    Parameters
    ----------
    poison
        The poison.
    classes
        Those of the corpus.
    where
        Key of the poison in the config, for the message.

    Raises
    ------
    UserError
        Naming the key.
    """
    for key, name in unknown_classes(poison, classes):
        raise UserError(
            f"{where}.{key}: there is no class '{name}'. Classes: {', '.join(classes)}."
        )


def targets(definition: Mapping[str, Any], division: Division, rows: np.ndarray):
    """Return the class that some recordings are meant to be classified as.

    Parameters
    ----------
    definition
        See :func:`build_poison`.
    division
        Labels of the corpus.
    rows
        Which of its recordings.

    Returns
    -------
    numpy.ndarray of shape (rows,), text, or None
        See :meth:`Poison.targets`.

    Raises
    ------
    UserError
        If a class that is named is not in the corpus.
    """
    poison = build_poison(definition)
    check_classes(poison, division.classes, f"recipes.{definition['recipe']}.poison")
    return poison.targets(division.labels[rows])
