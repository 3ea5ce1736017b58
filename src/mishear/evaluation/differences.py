"""Differences between the victims of two trainings, paired by seed and recording."""

from collections.abc import Sequence

import numpy as np

from mishear.core.statistics import paired_difference
from mishear.evaluation.evaluated import Evaluated, stacked

GAINS = (("gain", "correct_adversarial"), ("clean_gain", "correct_clean"))
"""Each gain of :func:`gains` in accuracy, and the array of an evaluation that it is a gain in."""


def difference(
    correct: np.ndarray,
    reference: np.ndarray | None,
    speakers: np.ndarray | None = None,
    name: str = "difference",
) -> dict[str, float | None]:
    """Give the difference to the reference as columns of a table.

    Parameters
    ----------
    correct, reference
        Which recordings are classified correctly, of bool, shape (victims, recordings); with None
        the columns are None.
    speakers
        As for :func:`summarise_victims`.
    name
        What the names of the columns begin with.
    """
    columns = (name, f"{name}_low", f"{name}_high")
    if reference is None:
        return dict.fromkeys(columns)
    return dict(zip(columns, paired_difference(correct, reference, speakers), strict=True))


def gains(
    victims: Sequence[Evaluated],
    counterpart: Sequence[Evaluated] | None,
    speakers: np.ndarray | None = None,
) -> dict[str, float | None]:
    """Give what victims gain over those of another training as columns of a table.

    Parameters
    ----------
    victims, counterpart
        The same evaluation of both, with the same seeds in the same order; with None the columns
        are None.
    speakers
        As for :func:`mishear.evaluation.over_seeds.summarise_victims`.

    Returns
    -------
    dict
        ``gain`` in accuracy after the attack, ``clean_gain`` in accuracy on clean recordings,
        ``success_gain`` in the success rate, each with its limits. The latter is None unless the
        same recordings are tried with every victim, as those of a poison with a target are.
    """
    found: dict[str, float | None] = {}
    for name, array in GAINS:
        other = stacked(counterpart, array) if counterpart else None
        found |= difference(stacked(victims, array), other, speakers, name)
    tried = stacked([*victims, *(counterpart or ())], "tried")
    paired = tried[0] if (tried == tried[0]).all() else np.zeros_like(tried[0])
    if counterpart is None or not paired.any():
        return found | difference(paired, None, name="success_gain")
    of_each = (stacked(each, "success")[:, paired] for each in (victims, counterpart))
    of_tried = None if speakers is None else speakers[paired]
    return found | difference(*of_each, of_tried, "success_gain")
