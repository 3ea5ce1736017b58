"""What every poison is: the base class of poisons, those of the user included."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np


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
        self, contents: Sequence[str], labels: np.ndarray, classes: Sequence[str]
    ) -> np.ndarray:
        """Return the class each training recording is labelled as once it is poisoned.

        Parameters
        ----------
        contents
            Hashes of their audio. With ``seed`` they determine all that is random.
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
        self, waveform: np.ndarray, content: str, sample_rate: int, in_training: bool
    ) -> np.ndarray:
        """Return a recording as the poison leaves it.

        Parameters
        ----------
        waveform
            Shape (samples,), full scale is -1 to 1.
        content
            Hash of the audio of the recording. With ``seed`` it determines all that is random, so
            that the names of files change nothing.
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
