"""Models that give only scores: a class of the user's, or a program, as a victim."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import nn

from mishear.core.errors import UserError, edited_during_run
from mishear.core.plugins import Family
from mishear.runtime.counted import hashes_of_run
from mishear.runtime.file_hashes import FileHashes
from mishear.training.programs import Program


@runtime_checkable
class Scorer(Protocol):
    """A model that gives only scores."""

    def scores(self, waveforms: np.ndarray, sample_rate: int) -> np.ndarray:
        """Score waveforms.

        Parameters
        ----------
        waveforms
            Shape (recordings, samples), float32, full scale is -1 to 1.
        sample_rate
            Hz.

        Returns
        -------
        numpy.ndarray of shape (recordings, labels)
            The larger, the likelier; on any scale.
        """


SCORERS = Family(
    section="networks",
    noun="model that gives only scores",
    home="mishear.training.networks",
    interface=(f"{__name__}.Scorer",),
)
"""The classes of such models."""


class ScoresOnly(nn.Module):
    """A victim that passes no gradient from its scores to its inputs.

    Parameters
    ----------
    scorer
        The model.
    sample_rate
        Hz, of its waveforms.
    labels
        Number of scores that it must give for a recording.
    who
        Key of the network in the config and what it is, for messages.
    files
        Files that it consists of, each with its SHA-256, which are compared after the first scores:
        a program loads them after it was started.
    """

    def __init__(
        self,
        scorer: Scorer,
        sample_rate: int,
        labels: int,
        who: str,
        files: Mapping[str, str] = MappingProxyType({}),
    ):
        super().__init__()
        self.scorer, self.sample_rate = scorer, sample_rate
        self.labels, self.who = labels, who
        self.uncompared = files

    @contextmanager
    def closing(self) -> Iterator[None]:
        """End the program, if it is one, after a block.

        Raises
        ------
        UserError
            If it has written more than one line for each recording.
        """
        if not isinstance(self.scorer, Program):
            yield
            return
        try:
            yield
            self.scorer.finish()
        finally:
            self.scorer.close()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute scores, (recordings, labels), from waveforms, (recordings, 1, samples).

        Raises
        ------
        UserError
            If the scores are not finite numbers, or not one for each recording and label; or if
            a file of the model has changed.
        """
        waveforms = inputs.detach()[:, 0].cpu().numpy().astype(np.float32)
        scores = checked_scores(
            self.scorer.scores(waveforms, self.sample_rate), len(waveforms), self.labels, self.who
        )
        check_files(self.uncompared, self.who)
        self.uncompared = {}
        return torch.from_numpy(scores).to(inputs.device)


def checked_scores(scores: Any, recordings: int, labels: int, who: str) -> np.ndarray:
    """Return scores as an array of float32, (recordings, labels), if that is what they are.

    Raises
    ------
    UserError
        Saying what they are instead.
    """
    try:
        if np.iscomplexobj(scores):
            raise TypeError("its numbers are complex")
        found = np.asarray(scores, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise UserError(
            f"{who} returns a {type(scores).__name__} that is not an array of numbers ({error}). "
            f"Return an array of shape (recordings, labels)."
        ) from error
    if found.ndim != 2 or len(found) != recordings:
        raise UserError(
            f"{who} returns the shape {found.shape} for {recordings} recordings. Return scores of "
            f"shape (recordings, labels)."
        )
    if found.shape[1] != labels:
        raise UserError(
            f"{who} gives {found.shape[1]} scores for a recording, but has {labels} labels. Give a "
            f"score for each label, in their order."
        )
    if not np.isfinite(found).all():
        raise UserError(
            f"{who} gives scores that are not finite numbers. Look for a logarithm of 0, a "
            f"division by 0, or weights that are not finite."
        )
    return found


def check_files(files: Mapping[str, str], who: str) -> None:
    """Check that the files of a model are as they were when it became a victim.

    The run has hashed them, and only those whose times have changed since are read.

    Parameters
    ----------
    files
        The SHA-256 of each by its path.
    who
        Key of the network in the config and what it is, for messages.

    Raises
    ------
    UserError
        Naming the first that is not.
    """
    for path, content in zip(files, hashes_of_run().of_all(files), strict=True):
        if content != files[path]:
            raise edited_during_run(f"{who}: '{path}'")


def load_scorer(definition: Mapping[str, Any], hashes: Sequence[str] | None = None) -> ScoresOnly:
    """Build a model that gives only scores.

    Parameters
    ----------
    definition
        Mapping with ``class`` and ``params``, ``labels``, and in ``scores_only`` with ``where``,
        the key of the network in the config, ``sample_rate``, ``files``, the paths of those that it
        consists of, and ``command`` and ``timeout`` of a program.
    hashes
        The SHA-256 of each of these files when the model became a victim; None to compare none.

    Raises
    ------
    UserError
        If the class cannot be built, the program cannot be started, or a file has changed.
    """
    how, labels = definition["scores_only"], definition["labels"]
    where = how["where"]
    files = {} if hashes is None else dict(zip(how["files"], hashes, strict=True))
    check_files(files, where)
    if how["command"] is None:
        scorer, name = SCORERS.build(definition, where), definition["class"]
    else:
        scorer = Program(how["command"], how["timeout"], f"{where}.command")
        name = f"'{Path(how['command'][0]).name}'"
    return ScoresOnly(scorer, how["sample_rate"], len(labels), f"{where}: {name}", files)


def describe_scorer(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in the file of such a victim: it has no weights, but hashes of its files.

    Parameters
    ----------
    definition
        As for :func:`load_scorer`.
    """
    how = definition["scores_only"]
    return {
        "class": definition["class"],
        "params": definition["params"],
        "labels": list(definition["labels"]),
        "command": how["command"],
        "sample_rate": how["sample_rate"],
        "sha256": FileHashes().of_all(how["files"]),
    }


def hashes_of_scorer(victim: Path) -> list[str]:
    """Return the hashes in the file of such a victim, see :func:`describe_scorer`."""
    return json.loads(victim.read_text(encoding="utf-8"))["sha256"]
