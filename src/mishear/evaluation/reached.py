"""One adversarial example of each pair of classes that an attack turns into each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.files import atomic_path
from mishear.core.flac import STEPS


@dataclass(frozen=True)
class Reached:
    """A recording of one class that an attack turns into another.

    Attributes
    ----------
    recording : str
    label, target : str
        The true class, and the class that is predicted after the attack.
    adversarial : numpy.ndarray
        The network's input after the attack, shape (1, ...). After an attack on the waveform, the
        samples, shape (samples,): as float32, or as integers of 16 bits.
    """

    recording: str
    label: str
    target: str
    adversarial: np.ndarray

    @property
    def pair(self) -> tuple[str, str]:
        """The true class and the target."""
        return self.label, self.target


def first_reached(
    rows: Iterable[Mapping[str, Any]], adversarial: Iterable[np.ndarray]
) -> Iterator[Reached]:
    """Yield the first recording of each true class that reaches the target.

    Parameters
    ----------
    rows
        Results of an attack that aims at one class for all recordings.
    adversarial
        For each batch of them what the attack returned.
    """
    found = set()
    for row, changed in zip(rows, chain.from_iterable(adversarial), strict=True):
        if row["success"] and row["label"] not in found:
            found.add(row["label"])
            yield Reached(row["recording"], row["label"], row["target"], changed)


def write_reached(examples: Sequence[Reached], path: Path) -> None:
    """Write examples of one attack at one eps as an ``.npz`` file, in their order."""
    changed = [each.adversarial for each in examples]
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            recording=np.array([each.recording for each in examples], dtype=str),
            label=np.array([each.label for each in examples], dtype=str),
            target=np.array([each.target for each in examples], dtype=str),
            adversarial=np.stack(changed) if changed else np.empty(0, np.float32),
        )


def read_reached(path: Path) -> list[Reached]:
    """Read examples; samples of 16 bits as float32, full scale is -1 to 1."""
    with np.load(path) as file:
        changed = file["adversarial"]
        if changed.dtype == np.int16:
            changed = changed.astype(np.float32) / STEPS
        names = (file[key].tolist() for key in ("recording", "label", "target"))
        return [Reached(*each) for each in zip(*names, changed, strict=True)]
