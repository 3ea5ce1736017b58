"""What every corruption is: the base class of corruptions, those of the user included."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from mishear.core.random_streams import stream
from mishear.core.ranges import LARGEST, require_within


@dataclass(frozen=True)
class Voices:
    """Recordings of the corpus that a corruption may mix into others.

    Attributes
    ----------
    contents : numpy.ndarray of shape (recordings,), text
        Hashes of their audio.
    read : callable
        Gives the waveforms of some of them, by their numbers, shape (numbers, samples).
    """

    contents: np.ndarray
    read: Callable[[np.ndarray], np.ndarray]

    def others(self, content: str, count: int, random: np.random.Generator) -> np.ndarray:
        """Draw recordings other than one.

        The draw depends on which recordings there are, and neither on their names nor on their
        order. A recording is drawn twice only where there are fewer than ``count``.

        Parameters
        ----------
        content
            That of the recording that is not drawn, nor any copy of it.
        count
            How many to draw.
        random
            Source of the draw.

        Returns
        -------
        numpy.ndarray of shape (count, samples)

        Raises
        ------
        ValueError
            If there is no other recording.
        """
        known, rows = np.unique(self.contents, return_index=True)
        rows = rows[known != content]
        if not len(rows):
            raise ValueError("there is no other recording to mix into this one")
        drawn = random.choice(len(rows), count, replace=count > len(rows))
        return np.asarray(self.read(rows[drawn]))


NO_VOICES = Voices(np.array([], dtype=str), lambda rows: np.empty((0, 0), np.float32))


@dataclass(frozen=True)
class Context:
    """What a corruption knows of a recording besides its samples.

    Attributes
    ----------
    content : str
        Hash of its audio. With the seed it determines all that is random, so that the names of
        files change nothing.
    sample_rate : int
        Hz.
    voices : Voices
        Recordings of the same corpus: those of the training split or, where there is none, of the
        test split.
    """

    content: str
    sample_rate: int
    voices: Voices = field(default=NO_VOICES)


@dataclass(frozen=True, kw_only=True)
class Corruption(ABC):
    """A corruption at one level; derive from it for one of your own.

    Attributes
    ----------
    unit : str
        Unit of the level.
    severities : tuple of float
        Levels of the severities from 1 on, the mildest first. The config may give others.
    levels : tuple of two floats
        The lowest and the highest level that are allowed.
    adds_noise : bool
        Whether the difference to the clean waveform is noise, so that its signal-to-noise ratio
        says how loud the corruption is. That of a shift or a slower voice says nothing.
    level : float
        Size of the corruption in its unit.
    seed : int
        Seed of all random draws.
    """

    unit: ClassVar[str]
    severities: ClassVar[tuple[float, ...]]
    levels: ClassVar[tuple[float, float]] = (-LARGEST, LARGEST)
    adds_noise: ClassVar[bool] = False

    level: float
    seed: int = 0

    def __post_init__(self) -> None:
        require_within(self.level, self.unit, *self.levels)

    @abstractmethod
    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Return a recording as the corruption leaves it.

        Parameters
        ----------
        waveform
            Shape (samples,), float32, full scale is -1 to 1. It is not silent.
        context
            What else is known of the recording.

        Returns
        -------
        numpy.ndarray of the same shape, float32
            Speech that is not shifted on purpose stays where it is.
        """

    def random(self, context: Context) -> np.random.Generator:
        """Return the random stream of one recording; the same at all levels."""
        return stream(self.seed, type(self).__name__, context.content)
