"""Attacks that aim at every class in turn, and how often each class becomes each other one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from torch import nn

from mishear.attacks.judging import Threat
from mishear.attacks.waveform import WaveformAttack
from mishear.core.flac import sixteen_bit
from mishear.core.tables.base import Described
from mishear.core.tables.targeted import TARGETED_RESULTS
from mishear.defences.loading import LoadedVictim
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.over_seeds import proportion_over_seeds
from mishear.evaluation.reached import Reached, first_reached
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.evaluation.waveforms import attack_waveforms
from mishear.runtime.batching import Batches

Rows = list[dict[str, Any]]
Attack = Callable[[Recordings, int], tuple[Rows, list[np.ndarray]]]
"""Attacks recordings, aiming at the class of a number.

Returns a row per recording, and for each batch what was attacked, after the attack.
"""

_SHARED = ["corpus", "front_end", "network", "recipe", "attack", "domain", "budget", "eps"]


def aimed_at_every_class(attack: Attack, recordings: Recordings) -> tuple[Rows, list[Reached]]:
    """Attack recordings once for every class that is not theirs.

    Parameters
    ----------
    attack
        From :func:`on_inputs` or :func:`on_waveforms`.
    recordings
        Those to attack.

    Returns
    -------
    rows : list of dict
        Rows of :data:`mishear.core.tables.targeted.TARGETED_RESULTS`.
    reached : list of Reached
        An example of each pair of classes that the attack reaches.
    """
    rows: Rows = []
    reached: list[Reached] = []
    for number in range(len(recordings.classes)):
        others = recordings.where(recordings.targets != number)
        if len(others):
            found, adversarial = attack(others, number)
            rows += found
            reached += first_reached(found, adversarial)
    return rows, reached


def on_inputs(
    victim: LoadedVictim, definition: Mapping[str, Any], eps: float, batches: Batches
) -> Attack:
    """Return an attack on network inputs that can be aimed.

    Parameters
    ----------
    victim
        The victim.
    definition
        The attack's ``class``, ``params`` and ``restarts``.
    eps
        Largest perturbation.
    batches
        How the recordings are divided.
    """

    def attack(recordings: Recordings, aim: int) -> tuple[Rows, list[np.ndarray]]:
        threat = Threat.of({**definition, "aim": aim}, eps, victim.bounds)
        attacked = recordings, threat, batches
        return attack_recordings(victim.model, definition, *attacked, keep_examples=True)

    return attack


def on_waveforms(
    victim: LoadedVictim,
    definition: Mapping[str, Any],
    eps: float,
    front_end: nn.Module,
    batches: Batches,
) -> Attack:
    """Return an attack on the waveform that can be aimed; it returns samples of 16 bits.

    Parameters
    ----------
    victim, eps, batches
        See :func:`on_inputs`.
    definition
        Has the attack's ``budget``, too.
    front_end
        On the device of the victim.
    """

    def attack(recordings: Recordings, aim: int) -> tuple[Rows, list[np.ndarray]]:
        aimed = WaveformAttack({**definition, "aim": aim}, eps)
        rows, changed = attack_waveforms(victim.model, aimed, recordings, front_end, batches)
        return rows, list(map(sixteen_bit, changed))

    return attack


def success_rates(
    results: Iterable[Described], speakers: Mapping[str, SpeakersOfTest]
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.targeted.TARGETED`.

    Parameters
    ----------
    results
        Tables of results with their keys, see :func:`mishear.study.targeted.targeted_keys`. The
        folds of a seed are pooled.
    speakers
        Of each corpus.
    """
    groups: dict[tuple, dict[int, Rows]] = {}
    for each in results:
        place = tuple(each.keys[name] for name in _SHARED)
        for row in TARGETED_RESULTS.read(each.file):
            group = groups.setdefault((*place, row["label"], row["target"]), {})
            group.setdefault(each.keys["seed"], []).append(row)
    for values, seeds in groups.items():
        keys = dict(zip([*_SHARED, "label", "target"], values, strict=True))
        ordered = [sorted(rows, key=lambda row: row["recording"]) for rows in seeds.values()]
        clusters = speakers[keys["corpus"]].clusters([row["recording"] for row in ordered[0]])
        tried = np.array([[row["success"] is not None for row in rows] for rows in ordered])
        hits = np.array([[row["success"] is True for row in rows] for rows in ordered])
        yield {
            **keys,
            "n": tried.shape[1],
            "seeds": len(seeds),
            "tried": int(tried.sum()),
            **proportion_over_seeds("success_rate", "success", hits, tried, clusters),
        }
