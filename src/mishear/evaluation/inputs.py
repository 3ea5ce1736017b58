"""Evaluations under attacks on the network's inputs: a row per test recording."""

import logging
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.running import attack_batch
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import report_rejected, result_rows
from mishear.runtime.batching import Batches, in_batches

log = logging.getLogger(__name__)


def attack_recordings(
    victim: DefendedVictim,
    definition: Mapping[str, Any],
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
    definition
        The attack's ``class`` and ``params``.
    recordings
        The recordings to attack.
    threat
        Limits (dB), restarts and targets.
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
        For each batch the inputs after the attack, shape (batch, 1, n_mels, frames), dB; empty
        unless they are kept.
    """
    attack = build_attack(definition)
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
