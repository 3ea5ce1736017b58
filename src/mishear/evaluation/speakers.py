"""The speakers of test recordings, and whether the victims were trained on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from mishear.core.tables.base import Described
from mishear.features.split import Division, read_split


@dataclass(frozen=True)
class SpeakersOfTest:
    """The speakers of a corpus that are tested, over all its folds.

    Attributes
    ----------
    of_recording
        The speaker of each test recording, by the recording's name; empty where the corpus names
        none.
    trained_on
        The tested speakers whose other recordings the same victims were trained on.
    of_training : mapping
        The speaker of each training recording, by its name.
    """

    of_recording: Mapping[str, str]
    trained_on: frozenset[str]
    of_training: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The speakers in the order of their names; none where the corpus names none."""
        return sorted(set(self.of_recording.values()) - {""})

    def of(self, recordings: Iterable[str]) -> np.ndarray:
        """Return the speaker of each of some test recordings."""
        return np.array([self.of_recording[name] for name in recordings])

    def clusters(self, recordings: Iterable[str]) -> np.ndarray | None:
        """Return the same where intervals are about speakers that were not recorded.

        They are where there are several speakers and no victim was trained on one it is tested on.
        Otherwise the answer is None, and intervals are about recordings of these speakers only.
        """
        return self.of(recordings) if self.are_resampled else None

    def clusters_of_training(self, recordings: Iterable[str]) -> np.ndarray | None:
        """Return the speaker of each of some training recordings, where :meth:`clusters` does."""
        if not self.are_resampled:
            return None
        return np.array([self.of_training[name] for name in recordings])

    @property
    def are_resampled(self) -> bool:
        """Whether intervals are about speakers that were not recorded."""
        return len(self.names) > 1 and not self.trained_on


def speakers_of_test(divisions: Iterable[Division]) -> SpeakersOfTest:
    """Return the speakers that are tested in some divisions of one corpus."""
    of_recording: dict[str, str] = {}
    of_training: dict[str, str] = {}
    trained_on: set[str] = set()
    for division in divisions:
        rows, trained = division.rows("test"), division.rows("train")
        tested = division.speakers[rows].tolist()
        of_recording |= dict(zip(division.recordings[rows].tolist(), tested, strict=True))
        speakers = division.speakers[trained].tolist()
        of_training |= dict(zip(division.recordings[trained].tolist(), speakers, strict=True))
        trained_on |= set(tested) & set(speakers) - {""}
    return SpeakersOfTest(of_recording, frozenset(trained_on), of_training)


def read_speakers_of_test(splits: Iterable[Described]) -> dict[str, SpeakersOfTest]:
    """Read the speakers that are tested, by corpus.

    Parameters
    ----------
    splits
        Splits with their ``corpus``: one, or one for each of its folds.
    """
    divisions: dict[str, list[Division]] = {}
    for split in splits:
        divisions.setdefault(split.keys["corpus"], []).append(read_split(split.file))
    return {corpus: speakers_of_test(found) for corpus, found in divisions.items()}
