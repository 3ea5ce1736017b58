"""Evaluations as the tables of a study need them: each file of results is read once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.tables.base import Described, described
from mishear.evaluation.completeness import check_complete, recordings_of_tests
from mishear.evaluation.corrupted import severities_in
from mishear.evaluation.results import Results, read_results
from mishear.evaluation.summary import evaluation_keys, summarise


@dataclass(frozen=True)
class Evaluated:
    """One evaluation: its numbers, and an entry for each recording, in the order of their names.

    Attributes
    ----------
    keys : mapping
        What the summary says of it besides its numbers.
    numbers : mapping
        The columns of :data:`mishear.core.tables.evaluation.SUMMARY` from ``n`` on.
    names : numpy.ndarray of shape (recordings,), of str
    correct_clean, correct_adversarial, was_saved, correct_saved, tried, success : numpy.ndarray
        Of bool, see :class:`mishear.evaluation.results.Results`.
    l2, snr_db, si_sdr_db : numpy.ndarray of shape (recordings,)
        L2 norm of the change, and the ratios of the speech to it; NaN where there is none.
    """

    keys: Mapping[str, Any]
    numbers: Mapping[str, Any]
    names: np.ndarray
    correct_clean: np.ndarray
    correct_adversarial: np.ndarray
    was_saved: np.ndarray
    correct_saved: np.ndarray
    tried: np.ndarray
    success: np.ndarray
    l2: np.ndarray
    snr_db: np.ndarray
    si_sdr_db: np.ndarray

    @classmethod
    def of(cls, keys: Mapping[str, Any], results: Results) -> "Evaluated":
        """Take from results what tables need."""
        names = np.array(results.column("recording"))
        order = np.argsort(names)
        return cls(
            keys=keys,
            numbers=summarise(results),
            names=names[order],
            correct_clean=results.correct_clean[order],
            correct_adversarial=results.correct_adversarial[order],
            was_saved=results.was_saved[order],
            correct_saved=results.correct_saved[order],
            tried=results.tried[order],
            success=results.success[order],
            l2=np.array(results.column("l2"), dtype=np.float64)[order],
            snr_db=np.array(results.column("snr_db"), dtype=np.float64)[order],
            si_sdr_db=np.array(results.column("si_sdr_db"), dtype=np.float64)[order],
        )

    @property
    def is_attack(self) -> bool:
        """Whether the recordings were attacked; those of a poison do not depend on the victim."""
        return bool(self.keys["evaluation"])


def evaluations_of_job(inputs: Any, params: Any) -> list[Evaluated]:
    """Read all evaluations of a study, those on corrupted recordings last.

    Parameters
    ----------
    inputs
        Of the workflow's job: ``results``, ``corrupted`` and ``splits``.
    params
        Of the same job: the keys of all three in ``evaluations``, ``corruptions`` and ``splits``,
        and the definitions of ``attacks`` and ``defences``.

    Raises
    ------
    UserError
        If a table is not about the test recordings of its split.
    """
    attacked = evaluation_keys(params.evaluations, params.attacks, params.defences)
    corrupted = evaluation_keys(params.corruptions, params.attacks, params.defences)
    tests = recordings_of_tests(described(params.splits, inputs.splits))
    found = []
    for read, tables in (
        (read_evaluations, described(attacked, inputs.results)),
        (read_corrupted, described(corrupted, inputs.corrupted)),
    ):
        for table in tables:
            for evaluated in read([table]):
                check_complete(evaluated.names.tolist(), table.file, tests[table.keys["corpus"]])
                found.append(evaluated)
    return found


def read_evaluations(evaluations: Iterable[Described]) -> list[Evaluated]:
    """Read evaluations, with what the summary says of them."""
    return [_read(each) for each in evaluations]


def _read(evaluation: Described) -> Evaluated:
    results = read_results(evaluation.file, attacked=bool(evaluation.keys["evaluation"]))
    return Evaluated.of(evaluation.keys, results)


def read_corrupted(corrupted: Iterable[Described]) -> list[Evaluated]:
    """Read victims on corrupted recordings: an evaluation for each severity.

    Parameters
    ----------
    corrupted
        Files of :data:`mishear.core.tables.corruptions.CORRUPTED`, with what the summary says of
        them besides their severities.
    """
    return [
        Evaluated.of({**each.keys, **severity}, Results(rows, attacked=False))
        for each in corrupted
        for severity, rows in severities_in(each.file)
    ]


def same_recordings(evaluations: Iterable[Evaluated]) -> bool:
    """Return whether all evaluations are of the same recordings."""
    first, *others = evaluations
    return all(np.array_equal(first.names, each.names) for each in others)


def different_recordings(
    keys: Mapping[str, Any], done: str = "tested", results: str = "evaluations"
) -> UserError:
    """Return the error that the victims of a recipe cannot be joined.

    Parameters
    ----------
    keys
        Has ``corpus`` and ``recipe``.
    done
        What was done with different recordings.
    results
        What to delete.
    """
    return UserError(
        f"The victims of recipe {keys['recipe']} were not all {done} on the same recordings of "
        f"{keys['corpus']}. Delete their {results} and run again."
    )


def stacked(victims: Iterable[Evaluated], name: str) -> np.ndarray:
    """Return one of the arrays of each victim, shape (victims, recordings)."""
    return np.array([getattr(each, name) for each in victims])


def pooled(evaluations: Iterable[Evaluated]) -> list[Evaluated]:
    """Join the evaluations that differ in their fold alone, each on other recordings.

    Returns
    -------
    list of Evaluated
        In the order of the first of each. The numbers of several folds are those that tables over
        the seeds are made from.
    """
    groups: dict[tuple, list[Evaluated]] = {}
    for each in evaluations:
        place = tuple(value for key, value in each.keys.items() if key != "fold")
        groups.setdefault(place, []).append(each)
    return [_joined(group) if len(group) > 1 else group[0] for group in groups.values()]


def _joined(folds: Sequence[Evaluated]) -> Evaluated:
    arrays = [field.name for field in fields(Evaluated) if field.name not in ("keys", "numbers")]
    order = np.argsort(np.concatenate([each.names for each in folds]))
    found = {
        name: np.concatenate([getattr(each, name) for each in folds])[order] for name in arrays
    }
    numbers = {
        "n": len(order),
        "tried": int(found["tried"].sum()),
        "median_l2": _median(found["l2"][found["success"]]),
        "median_snr_db": _median(found["snr_db"]),
        "median_si_sdr_db": _median(found["si_sdr_db"]),
        "rejected": sum(each.numbers["rejected"] for each in folds),
    }
    return Evaluated(keys=folds[0].keys, numbers=numbers, **found)


def _median(values: np.ndarray) -> float | None:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else None
