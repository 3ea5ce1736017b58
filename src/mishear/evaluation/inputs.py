"""Evaluations under attacks on the network's inputs: a row per test recording."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.running import attack_batch
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import Results, report_rejected, result_rows
from mishear.runtime.batching import Batches, in_batches

log = logging.getLogger(__name__)


def attack_standing(
    victim: DefendedVictim,
    definition: Mapping[str, Any],
    recordings: Recordings,
    threat: Threat,
    batches: Batches,
    earlier: Sequence[Results],
) -> list[dict[str, Any]]:
    """Attack the recordings that all earlier attacks left correct.

    Parameters
    ----------
    victim, definition, recordings, threat, batches
        See :func:`attack_recordings` and :func:`attack_with`.
    earlier
        Results of other attacks on the same victim at the same eps.

    Returns
    -------
    list of dict
        A row of :data:`mishear.core.tables.evaluation.RESULTS` per recording. Where an earlier
        attack left the recording misclassified, it is the row of the first that did.
    """
    earlier = [results.of(recordings.names) for results in earlier]
    standing = np.all([results.correct_adversarial for results in earlier], axis=0)
    attacked, _ = attack_recordings(victim, definition, recordings.where(standing), threat, batches)
    rows = dict(zip(np.flatnonzero(standing).tolist(), attacked, strict=True))
    for results in reversed(earlier):
        for row in np.flatnonzero(~results.correct_adversarial).tolist():
            rows[row] = {**results.rows[row], "seconds": 0.0, "queries": None}
    log.info("%d of %d recordings were left to attack", len(attacked), len(recordings))
    return [rows[row] for row in range(len(recordings))]


def attack_recordings(
    victim: DefendedVictim, definition: Mapping[str, Any], *others: Any, **more: Any
) -> tuple[list[dict[str, Any]], list[np.ndarray]]:
    """Attack recordings in batches, by an attack with a ``class`` and ``params``.

    Other parameters, and what is returned, are those of :func:`attack_with`.
    """
    return attack_with(victim, build_attack(definition), *others, **more)


def attack_with(
    victim: DefendedVictim,
    attack: Any,
    recordings: Recordings,
    threat: Threat,
    batches: Batches,
    source: DefendedVictim | None = None,
    keep_examples: bool = False,
) -> tuple[list[dict[str, Any]], list[np.ndarray]]:
    """Attack recordings in batches.

    Parameters
    ----------
    victim
        The victim that is evaluated; on the device of the batches, in evaluation mode, parameters
        frozen.
    attack
        From :func:`mishear.attacks.building.build_attack`.
    recordings
        The recordings to attack.
    threat
        Limits, restarts and targets.
    batches
        How the recordings are divided. The seed of a batch is that of the attack's random start,
        so that it does not depend on eps.
    source
        For a transfer attack the source model; unset: the victim.
    keep_examples
        Whether to return the inputs after the attack; they are kept in memory.

    Returns
    -------
    rows
        A row of :data:`mishear.core.tables.evaluation.RESULTS` per recording.
    adversarial
        For each batch the inputs after the attack, shape (batch, 1, ...); empty
        unless they are kept.
    """
    rows: list[dict[str, Any]] = []
    adversarial: list[np.ndarray] = []

    def attack_part(part: slice) -> None:
        inputs = torch.from_numpy(recordings.inputs(part)).to(batches.device)
        labels = torch.from_numpy(recordings.targets[part]).to(batches.device)
        began = time.perf_counter()
        seed = batches.seed_of(part.start)
        outcome = attack_batch(victim, attack, inputs, labels, threat, seed, source)
        attacked = outcome.adversarial.cpu().numpy()
        seconds = (time.perf_counter() - began) / len(inputs)
        if keep_examples:
            adversarial.append(attacked)
        rows.extend(result_rows(recordings, part, outcome, seconds, batches.device))
        log.info("%d of %d recordings attacked", len(rows), len(recordings))

    in_batches(attack_part, len(recordings), batches.size)
    report_rejected(rows)
    return rows, adversarial
