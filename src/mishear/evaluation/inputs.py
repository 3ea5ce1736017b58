"""One evaluation: a victim under one attack at one eps, with a row per test recording."""

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
from mishear.runtime.devices import in_batches

log = logging.getLogger(__name__)


def attack_recordings(
    victim: DefendedVictim,
    definition: Mapping[str, Any],
    recordings: Recordings,
    eps: float,
    bounds: tuple[float, float],
    seed: int,
    batch_size: int,
    device: torch.device,
    first: int = 0,
    keep_examples: bool = False,
    source: DefendedVictim | None = None,
) -> tuple[list[dict[str, Any]], list[np.ndarray]]:
    """Attack recordings in batches.

    Parameters
    ----------
    victim
        What is evaluated; on ``device``, in evaluation mode, parameters frozen.
    definition
        The attack's ``class``, ``params``, ``restarts`` and ``targets``.
    recordings
        What is attacked.
    eps
        Largest perturbation, dB; infinite: no limit.
    bounds
        Lowest and highest value an input may have, dB.
    seed
        With the position of a batch the seed of the attack's random start, so that it does not
        depend on eps.
    batch_size
        Recordings attacked at once.
    first
        Position of the first recording in the whole evaluation.
    keep_examples
        Whether the inputs after the attack are wanted; they are kept in memory.
    source
        For a transfer attack the source model; unset: the victim.

    Returns
    -------
    rows
        A row of :data:`mishear.core.tables.evaluation.RESULTS` per recording.
    adversarial
        For each batch the inputs after the attack, shape (batch, 1, n_mels, frames), dB; empty
        unless they are wanted.
    """
    attack = build_attack(definition)
    threat = Threat.of(definition, eps, bounds)
    rows: list[dict[str, Any]] = []
    adversarial: list[np.ndarray] = []

    def attack_part(part: slice) -> None:
        inputs = torch.from_numpy(recordings.inputs(part)).to(device)
        labels = torch.from_numpy(recordings.targets[part]).to(device)
        began = time.perf_counter()
        outcome = attack_batch(
            victim,
            attack,
            inputs,
            labels,
            threat,
            seed + first + part.start,
            source,
        )
        attacked = outcome.adversarial.cpu().numpy()
        seconds = (time.perf_counter() - began) / len(inputs)
        if keep_examples:
            adversarial.append(attacked)
        rows.extend(result_rows(recordings, part, outcome, seconds, device))
        log.info("%d of %d recordings attacked", len(rows), len(recordings))

    in_batches(attack_part, len(recordings), batch_size)
    report_rejected(rows)
    return rows, adversarial
