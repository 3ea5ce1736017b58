"""The signal-to-noise ratio that halves the accuracy, over the seeds of a recipe."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mishear.core.statistics import paired_difference
from mishear.core.tables.base import Described, grouped
from mishear.core.tables.listening_over_seeds import SNR_AT_HALF_OVER_SEEDS
from mishear.evaluation.evaluated import (
    Evaluated,
    different_recordings,
    pooled,
    same_recordings,
    stacked,
)
from mishear.evaluation.results import read_results
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.listening.tables import crossing

STAGES = (("", "correct_adversarial"), ("saved_", "correct_saved"))
"""What the names of columns begin with, and what of an evaluation they are about."""


def halves_over_seeds(
    evaluations: Iterable[Described], speakers: Mapping[str, SpeakersOfTest]
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.listening_over_seeds.SNR_AT_HALF_OVER_SEEDS`.

    Parameters
    ----------
    evaluations
        Results, with their victim, defence and attack, and the ratio (dB) as ``eps``. Those of a
        seed's folds are pooled.
    speakers
        Of each corpus.

    Raises
    ------
    UserError
        If the victims of a recipe were tested on different recordings.
    """
    read = pooled(Evaluated.of(each.keys, read_results(each.file)) for each in evaluations)
    for keys, members in grouped(read, SNR_AT_HALF_OVER_SEEDS.before("n")):
        if not same_recordings(members):
            raise different_recordings(keys)
        by_ratio = {ratio["eps"]: found for ratio, found in grouped(members, ["eps"])}
        yield keys | at_half(by_ratio, speakers[keys["corpus"]].clusters(members[0].names))


def at_half(
    victims: Mapping[float, Sequence[Evaluated]], speakers: np.ndarray | None = None
) -> dict[str, Any]:
    """Find the ratio at which the mean accuracy of some victims falls to half of that when clean.

    Its interval holds the ratios at which the two may be the same: between two that were run, the
    limits of the interval of :func:`mishear.core.statistics.paired_difference` are drawn as lines.

    Parameters
    ----------
    victims
        For each ratio (dB) the evaluations of the victims, in the same order.
    speakers
        Who speaks in each recording, where the interval is about others as well.

    Returns
    -------
    dict
        The columns of :data:`mishear.core.tables.listening_over_seeds.SNR_AT_HALF_OVER_SEEDS` from
        ``n`` on.
    """
    ratios = np.array(sorted(victims, reverse=True))
    clean = stacked(victims[ratios[0]], "correct_clean")
    found: dict[str, Any] = {
        "n": clean.shape[1],
        "seeds": len(clean),
        "clean_accuracy": float(clean.mean()),
        "half": float(clean.mean() / 2),
        "highest_snr_db": float(ratios[0]),
        "lowest_snr_db": float(ratios[-1]),
    }
    for prefix, name in STAGES:
        right = [stacked(victims[ratio], name) for ratio in ratios]
        beyond_half = [paired_difference(each, clean / 2, speakers) for each in right]
        at, above, below = crossing(ratios, np.array(beyond_half).T, np.zeros(3))
        of_each = crossing(ratios, np.array(right).mean(2).T, clean.mean(1) / 2)
        found |= {
            f"{prefix}snr_db": at,
            f"{prefix}low": below,
            f"{prefix}high": above,
            f"{prefix}snr_db_lowest": of_each.min(),
            f"{prefix}snr_db_highest": of_each.max(),
        }
    return found
