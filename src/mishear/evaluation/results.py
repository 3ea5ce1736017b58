"""The results of one evaluation: made, written, read, and what they say of each recording."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mishear.attacks.judging import ANY, Outcome
from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.core.tables.evaluation import RESULTS
from mishear.evaluation.completeness import check_present
from mishear.evaluation.recordings import Recordings
from mishear.features.waveforms import Ratios
from mishear.runtime.environment import environment_of

log = logging.getLogger(__name__)


def correct(rows: Sequence[Mapping[str, Any]], prediction: str) -> np.ndarray:
    """Tell which recordings are classified correctly.

    Parameters
    ----------
    rows
        Each with the true class, ``label``.
    prediction
        The column of the predicted class.

    Returns
    -------
    numpy.ndarray of shape (rows,), of bool
    """
    return np.array([row[prediction] == row["label"] for row in rows], dtype=bool)


@dataclass(frozen=True)
class Results:
    """The results of one evaluation, a row per test recording.

    Attributes
    ----------
    rows : sequence of mapping
        Rows of :data:`mishear.core.tables.evaluation.RESULTS`.
    attacked : bool
        Whether an attack changed the recordings. A poison in the test recordings is no attack.
    files : tuple of Path
        The tables that the rows were read from; empty if they were computed here.
    """

    rows: Sequence[Mapping[str, Any]]
    attacked: bool = True
    files: tuple[Path, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[Any]:
        """Return the values of a column, in the order of the recordings."""
        return [row[name] for row in self.rows]

    @cached_property
    def correct_clean(self) -> np.ndarray:
        """Which recordings are classified correctly when clean, of bool."""
        return correct(self.rows, "clean_prediction")

    @cached_property
    def correct_adversarial(self) -> np.ndarray:
        """Which recordings are classified correctly before and after the attack, of bool.

        A recording that is misclassified when clean counts as misclassified, even where the attack
        puts it right (as in RobustBench, Croce et al. 2021). Without an attack only the prediction
        for the changed recording counts.
        """
        return self._correct_after("adversarial_prediction")

    @cached_property
    def correct_saved(self) -> np.ndarray:
        """Which are classified correctly before the attack and after it, saved and read again.

        Of bool, and false where nothing was saved.
        """
        return self._correct_after("saved_prediction")

    @cached_property
    def was_saved(self) -> np.ndarray:
        """Which recordings were saved after the attack, of bool."""
        return np.array([row["saved_prediction"] != "" for row in self.rows], dtype=bool)

    def _correct_after(self, prediction: str) -> np.ndarray:
        after = correct(self.rows, prediction)
        return after & self.correct_clean if self.attacked else after

    @cached_property
    def tried(self) -> np.ndarray:
        """On which recordings the attack could succeed, of bool."""
        return np.array([row["success"] is not None for row in self.rows], dtype=bool)

    @cached_property
    def success(self) -> np.ndarray:
        """On which recordings the attack succeeded, of bool."""
        return np.array([row["success"] is True for row in self.rows], dtype=bool)

    def of(self, names: np.ndarray) -> "Results":
        """Return the results of some recordings, in their order.

        Raises
        ------
        UserError
            If the tables that they were read from lack one.
        """
        rows = {row["recording"]: row for row in self.rows}
        if self.files:
            check_present(names.tolist(), rows, self.files)
        return replace(self, rows=[rows[name] for name in names.tolist()])

    def by_recording(self, values: np.ndarray) -> dict[str, bool]:
        """Return the value of each recording, by its name."""
        return dict(zip(self.column("recording"), values.tolist(), strict=True))


def results_of_job(inputs: Any, name: str) -> Results | None:
    """Read a table of results that a job of the workflow has among its inputs, if it has it."""
    return read_results(getattr(inputs, name)) if hasattr(inputs, name) else None


def read_results(path: str | Path, attacked: bool = True) -> Results:
    """Read the results of one evaluation.

    Parameters
    ----------
    path
        A file of :data:`mishear.core.tables.evaluation.RESULTS`.
    attacked
        Whether an attack changed the recordings, see :class:`Results`.
    """
    return Results(RESULTS.read(path), attacked, (Path(path),))


def joined(parts: Sequence[Results]) -> Results:
    """Join results of different recordings, such as those of all folds."""
    rows = [row for part in parts for row in part.rows]
    files = tuple(file for part in parts for file in part.files)
    return replace(parts[0], rows=rows, files=files)


def result_rows(
    recordings: Recordings,
    part: slice,
    outcome: Outcome,
    seconds: float,
    device: torch.device,
    ratios: Sequence[Ratios] | None = None,
    aims: np.ndarray | None = None,
) -> list[dict[str, Any]]:
    """Make a row of :data:`mishear.core.tables.evaluation.RESULTS` per recording of a batch.

    Parameters
    ----------
    recordings, part
        What the batch is a part of.
    outcome
        Of the batch.
    seconds
        For each recording.
    device
        Where it was computed.
    ratios
        Of the speech to the change of each waveform; unset: none.
    aims
        For each recording the label that a poison aims at, empty for none; unset: as the outcome
        says.
    """
    environment = asdict(environment_of(device))
    names = recordings.names[part].tolist()
    classes = np.array(recordings.classes)
    targets = recordings.targets[part]
    labels = classes[targets]
    before, after = classes[outcome.clean_prediction], classes[outcome.adversarial_prediction]
    if aims is None:
        aims = np.where(outcome.target == ANY, "", classes[outcome.target])
        tried, succeeded = outcome.correct_clean(targets), outcome.success(targets)
    else:
        tried, succeeded = (aims != "") & (aims != labels), after == aims
    return [
        {
            "recording": name,
            "label": labels[row],
            "target": aims[row],
            "clean_prediction": before[row],
            "adversarial_prediction": after[row],
            "success": bool(succeeded[row]) if tried[row] else None,
            "linf": float(outcome.linf[row]),
            "l2": float(outcome.l2[row]),
            **asdict(ratios[row] if ratios else Ratios()),
            "rejected": outcome.rejected[row],
            "saved_prediction": "",
            "queries": None if outcome.queries is None else float(outcome.queries[row]),
            "seconds": seconds,
            **environment,
        }
        for row, name in enumerate(names)
    ]


def report_rejected(rows: list[dict[str, Any]]) -> None:
    """Log why returned inputs were not accepted."""
    reasons = [row["rejected"] for row in rows if row["rejected"]]
    for reason in sorted(set(reasons)):
        log.info(
            "%d of %d returned recordings were %s: counted as failures of the attack",
            reasons.count(reason),
            len(rows),
            reason,
        )


def read_examples(path: str | Path, names: np.ndarray) -> np.ndarray:
    """Read the adversarial inputs that an evaluation kept.

    Parameters
    ----------
    path
        The file, see :func:`write_examples`.
    names
        The recordings that are expected in it, in order.

    Returns
    -------
    numpy.ndarray of shape (recordings, 1, ...)
        The clean input where the attack's was rejected.

    Raises
    ------
    UserError
        If it holds other recordings.
    """
    with np.load(path, allow_pickle=False) as kept:
        if not np.array_equal(kept["recording"], names):
            raise UserError(
                f"{path}: it holds other recordings than the test split. Delete it and run again."
            )
        return kept["adversarial"]


def gather_examples(shards: Sequence[Path], path: Path) -> None:
    """Join the examples of all shards of an evaluation."""
    arrays = [np.load(shard) for shard in shards]
    filled = [array for array in arrays if len(array["recording"])] or arrays[:1]
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        joined = {key: np.concatenate([each[key] for each in filled]) for key in filled[0]}
        np.savez_compressed(file, **joined)


def write_examples(
    recordings: Recordings,
    adversarial: Sequence[np.ndarray],
    rows: list[dict[str, Any]],
    path: Path,
) -> None:
    """Write clean and adversarial inputs, compressed, with their names and predictions."""
    clean = recordings.inputs()
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file,
            recording=recordings.names,
            clean=clean,
            adversarial=np.concatenate([clean[:0], *adversarial]),
            label=[row["label"] for row in rows],
            clean_prediction=[row["clean_prediction"] for row in rows],
            adversarial_prediction=[row["adversarial_prediction"] for row in rows],
        )
