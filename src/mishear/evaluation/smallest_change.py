"""The smallest change that is misclassified: for each recording the least that any attack found.

What an attack finds is an upper bound of the smallest change. So is the least over several attacks
that search for it, and it is a tighter one.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.statistics import median_interval, over_intervals
from mishear.core.tables.base import grouped
from mishear.core.tables.smallest_change import PLACE, SMALLEST_CHANGE
from mishear.evaluation.evaluated import Evaluated, same_recordings
from mishear.evaluation.speakers import SpeakersOfTest


def smallest_changes(
    evaluations: Iterable[Evaluated], speakers: Mapping[str, SpeakersOfTest]
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.smallest_change.SMALLEST_CHANGE`.

    Parameters
    ----------
    evaluations
        All evaluations of the study, those of a seed's folds pooled. Adaptive ones without a
        limit on the L2 norm of the spectrogram's change are chosen.
    speakers
        Of each corpus.

    Raises
    ------
    UserError
        If the attacks on a victim were run on different recordings.
    """
    chosen = [each for each in evaluations if _minimises(each.keys)]
    for place, members in grouped(chosen, PLACE):
        clusters = speakers[place["corpus"]].clusters(members[0].names)
        of_seeds = [
            (seed["seed"], of_victim(group, clusters)) for seed, group in grouped(members, ["seed"])
        ]
        for seed, row in of_seeds:
            yield place | {"seed": seed} | row
        yield place | {"seed": None} | over_seeds([row for _, row in of_seeds])


def write_smallest_changes(
    evaluations: Iterable[Evaluated], speakers: Mapping[str, SpeakersOfTest], path: str | Path
) -> None:
    """Write the table of :func:`smallest_changes`."""
    SMALLEST_CHANGE.write(smallest_changes(evaluations, speakers), path)


def _minimises(keys: Mapping[str, Any]) -> bool:
    wanted = {"evaluation": "adaptive", "domain": "spectrogram", "norm": "l2", "eps": math.inf}
    return all(keys[key] == value for key, value in wanted.items())


def of_victim(attacks: Sequence[Evaluated], speakers: np.ndarray | None = None) -> dict[str, Any]:
    """Summarise the smallest changes of one victim.

    Parameters
    ----------
    attacks
        The evaluation of each attack that searches for the smallest change.
    speakers
        Who speaks in each recording, where intervals are about other speakers as well.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.smallest_change.SMALLEST_CHANGE` from ``n`` on.
    """
    if not same_recordings(attacks):
        keys = attacks[0].keys
        raise UserError(
            f"The attacks on recipe {keys['recipe']}, seed {keys['seed']}, were not all run on the "
            f"same recordings of {keys['corpus']}. Delete their evaluations and run again."
        )
    chosen = attacks[0].correct_clean
    changes = np.array([found_by(each) for each in attacks])[:, chosen]
    least = changes.min(0)
    first = changes.argmin(0)[np.isfinite(least)]
    names = [each.keys["attack"] for each in attacks]
    counts = np.bincount(first, minlength=len(names)).tolist()
    numbers: dict[str, Any] = {"n": len(least), "seeds": 1, "found": len(first)}
    return (
        numbers
        | distribution(least, None if speakers is None else speakers[chosen])
        | {
            "attacks": " ".join(names),
            "found_by": " ".join(
                f"{name}:{count}" for name, count in zip(names, counts, strict=True)
            ),
        }
    )


def found_by(attack: Evaluated) -> np.ndarray:
    """Return the L2 norm of the change an attack found for each recording; infinite for none."""
    return np.where(attack.success, attack.l2, np.inf)


def distribution(
    changes: np.ndarray, speakers: np.ndarray | None = None
) -> dict[str, float | None]:
    """Compute quartiles and median of some changes, the median with its 95 % interval.

    Parameters
    ----------
    changes
        Infinite where none was found, shape (recordings,). Without recordings all is None.
    speakers
        As for :func:`of_victim`.
    """
    columns = ("median_l2", "median_low", "median_high", "lower_quartile", "upper_quartile")
    spread = ("median_l2_lowest", "median_l2_highest")
    if not len(changes):
        return dict.fromkeys((*columns, *spread))
    # A recording's own value: between a finite and an infinite one there is none.
    lower, median, upper = np.quantile(changes, [0.25, 0.5, 0.75], method="inverted_cdf").tolist()
    values = (median, *median_interval(changes, speakers), lower, upper, median, median)
    return dict(zip((*columns, *spread), values, strict=True))


def over_seeds(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Summarise the smallest changes of the victims of a recipe: means over the victims.

    Parameters
    ----------
    rows
        Of each victim, see :func:`of_victim`.
    """
    counts: dict[str, int] = {}
    for row in rows:
        for part in row["found_by"].split():
            name, _, count = part.rpartition(":")
            counts[name] = counts.get(name, 0) + int(count)
    numbers = {
        "n": sum(row["n"] for row in rows),
        "seeds": len(rows),
        "found": sum(row["found"] for row in rows),
        "attacks": rows[0]["attacks"],
        "found_by": " ".join(f"{name}:{count}" for name, count in counts.items()),
    }
    measured = [row for row in rows if row["n"]]
    if not measured:
        return numbers | distribution(np.empty(0))
    medians, low, high, lower, upper = (
        np.array([row[name] for row in measured])
        for name in ("median_l2", "median_low", "median_high", "lower_quartile", "upper_quartile")
    )
    limits = _mean(medians, low, high)
    return numbers | {
        **dict(zip(("median_l2", "median_low", "median_high"), limits, strict=True)),
        "lower_quartile": float(lower.mean()),
        "upper_quartile": float(upper.mean()),
        "median_l2_lowest": float(medians.min()),
        "median_l2_highest": float(medians.max()),
    }


def _mean(medians: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[float, float, float]:
    """Average medians; where one is infinite, so is the mean, and its lower limit is the lowest."""
    if not np.isfinite(medians).all():
        return math.inf, float(low.min()), math.inf
    mean, lower, upper = over_intervals(medians, low, np.where(np.isfinite(high), high, medians))
    return mean, max(lower, 0.0), upper if np.isfinite(high).all() else math.inf
