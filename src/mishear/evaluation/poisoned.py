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
from mishear.features.waveforms import Ratios
from mishear.runtime.batching import Batches, in_batches

UNDISTORTED = {"linf": 0.0, "l2": 0.0, "snr_db": None, "si_sdr_db": None}


def compare_poisoned(
    victim: DefendedVictim,
    clean: Recordings,
    poisoned: Recordings,
    distortions: Mapping[str, Mapping[str, float]] | None,
    targets: np.ndarray | None,
    batches: Batches,
) -> list[dict[str, Any]]:
    """Classify recordings as they are and poisoned.

    Parameters
    ----------
    victim
        On the device of the batches, in evaluation mode.
    clean, poisoned
        The same recordings in the same order.
    distortions
        For each recording the row of :data:`mishear.core.tables.poisoning.DISTORTIONS`; None where
        the poison changes the labels alone.
    targets
        For each recording the class it is meant to be classified as, as text, empty for none;
        None: the poison is meant to have anything misclassified.
    batches
        How the recordings are divided; the seed is that of the victim's defences.

    Returns
    -------
    list of dict
        A row of :data:`mishear.core.tables.evaluation.RESULTS` per recording; norms are those of
        the waveform.
    """
    rows: list[dict[str, Any]] = []

    def predicted(recordings: Recordings, part: slice) -> np.ndarray:
        inputs = torch.from_numpy(recordings.inputs(part)).to(batches.device)
        return victim.predict(inputs, batches.seed_of(part.start)).cpu().numpy()

    def compare_part(part: slice) -> None:
        began = time.perf_counter()
        before, after = predicted(clean, part), predicted(poisoned, part)
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
        ratios = [Ratios(row["snr_db"], row["si_sdr_db"]) for row in of_batch]
        aims = None if targets is None else targets[part]
        rows.extend(result_rows(clean, part, outcome, seconds, batches.device, ratios, aims))

    in_batches(compare_part, len(clean), batches.size)
    return rows
