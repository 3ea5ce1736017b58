"""Evaluations on recordings as a poison leaves them."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from mishear.attacks.judging import ANY, Outcome
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import result_rows
from mishear.runtime.devices import in_batches

UNDISTORTED = {"linf": 0.0, "l2": 0.0, "snr_db": None}


def compare_poisoned(
    victim: DefendedVictim,
    clean: Recordings,
    poisoned: Recordings,
    distortions: Mapping[str, Mapping[str, float]] | None,
    targets: np.ndarray | None,
    batch_size: int,
    seed: int,
    device: torch.device,
) -> list[dict[str, Any]]:
    """Classify recordings as they are and poisoned.

    Parameters
    ----------
    victim
        On ``device``, in evaluation mode.
    clean, poisoned
        The same recordings in the same order.
    distortions
        For each recording ``linf``, ``l2`` and ``snr_db`` of its poisoned waveform; None where the
        poison is in the labels alone.
    targets
        For each recording the class it is meant to be heard as, as text, empty for none; None:
        the poison is meant to have anything misheard.
    batch_size
        Recordings classified at once.
    seed
        Of what the victim's defences draw.

    Returns
    -------
    list of dict
        A row of :data:`mishear.core.tables.evaluation.RESULTS` per recording; norms are those of
        the waveform.
    """
    rows: list[dict[str, Any]] = []

    def compare_part(part: slice) -> None:
        began = time.perf_counter()
        before, after = (
            victim.predict(torch.from_numpy(recordings.inputs(part)).to(device), seed + part.start)
            .cpu()
            .numpy()
            for recordings in (clean, poisoned)
        )
        of_batch = [
            distortions[name] if distortions else UNDISTORTED for name in clean.names[part].tolist()
        ]
        outcome = Outcome(
            adversarial=torch.empty(0),
            rejected=[""] * len(before),
            clean_prediction=before,
            adversarial_prediction=after,
            linf=np.array([row["linf"] for row in of_batch]),
            l2=np.array([row["l2"] for row in of_batch]),
            target=np.full(len(before), ANY),
        )
        seconds = (time.perf_counter() - began) / len(before)
        ratios = [row["snr_db"] for row in of_batch]
        aims = None if targets is None else targets[part]
        rows.extend(result_rows(clean, part, outcome, seconds, device, ratios, aims))

    in_batches(compare_part, len(clean), batch_size)
    return rows
