"""Certified radii of randomised smoothing (Cohen et al. 2019, algorithm CERTIFY)."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from mishear.core.statistics import lower_bound, proportion
from mishear.core.tables.base import Described
from mishear.core.tables.evaluation import CERTIFICATE
from mishear.defences.defended import DefendedVictim, count_votes
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import correct
from mishear.runtime.devices import in_batches

log = logging.getLogger(__name__)

RADII = 60
"""Radii at which the certified accuracy is given, from 0 to the largest."""


@dataclass(frozen=True)
class Draws:
    """How a radius is measured: draws to choose the class, draws to bound it, the confidence."""

    selection: int
    samples: int
    confidence: float


def certified_radius(correct: int, n: int, sigma: float, confidence: float) -> float | None:
    """The L2 radius within which the prediction cannot change; None to abstain.

    Parameters
    ----------
    correct, n
        How many of the draws gave the chosen class.
    sigma
        Of the noise, dB.
    confidence
        With which the radius holds for this recording.

    Returns
    -------
    float or None
        dB; ``sigma`` times the normal quantile of the share's lower bound (Cohen et al. 2019,
        theorem 1 with proposition 2).
    """
    from scipy.stats import norm

    share = lower_bound(correct, n, confidence)
    return float(sigma * norm.ppf(share)) if share > 0.5 else None


def certify(
    victim: DefendedVictim,
    draws: Draws,
    recordings: Recordings,
    seed: int,
    batch_size: int,
    device: torch.device,
) -> list[dict[str, Any]]:
    """Certify recordings.

    Parameters
    ----------
    victim
        On ``device``, in evaluation mode; its first defence is a
        :class:`~mishear.defences.smoothing.RandomisedSmoothing`, and no other draws at random.
    draws
        How radii are measured.
    recordings
        What is certified.
    seed
        Of the noise, with the position of a batch.
    batch_size
        Recordings at once.
    device
        Where to compute.

    Returns
    -------
    list of dict
        Rows of :data:`mishear.core.tables.evaluation.CERTIFICATE`.
    """
    sigma = victim.defences[0].sigma
    rows: list[dict[str, Any]] = []

    @torch.inference_mode()
    def certify_part(part: slice) -> None:
        torch.manual_seed(seed + part.start)
        inputs = torch.from_numpy(recordings.inputs(part)).to(device)
        began = time.perf_counter()
        chosen = count_votes(victim.behind, inputs, draws.selection).argmax(1)
        counts = count_votes(victim.behind, inputs, draws.samples).gather(1, chosen[:, None])[:, 0]
        seconds = (time.perf_counter() - began) / len(inputs)
        for position, (heard, count) in enumerate(zip(chosen, counts.tolist(), strict=True)):
            radius = certified_radius(count, draws.samples, sigma, draws.confidence)
            abstains = radius is None
            rows.append(
                {
                    "recording": recordings.names[part][position],
                    "label": recordings.classes[recordings.targets[part][position]],
                    "prediction": None if abstains else recordings.classes[heard],
                    "radius": radius,
                    "seconds": seconds,
                    "device": str(device),
                }
            )
        log.info("%d of %d recordings certified", len(rows), len(recordings))

    in_batches(certify_part, len(recordings), batch_size)
    return rows


def certified_accuracies(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Proportion of recordings certified to be classified correctly, for a grid of radii.

    Parameters
    ----------
    rows
        Of :data:`mishear.core.tables.evaluation.CERTIFICATE`.

    Returns
    -------
    list of dict
        For each radius (dB) ``n``, ``abstained``, ``certified_accuracy`` and its 95 % Wilson
        interval over the recordings.
    """
    n = len(rows)
    abstained = sum(row["radius"] is None for row in rows)
    right = correct(rows, "prediction")
    radii = [rows[row]["radius"] for row in np.flatnonzero(right)]
    table = []
    for radius in np.linspace(0, max(radii, default=0.0), RADII).tolist():
        held = sum(value >= radius for value in radii)
        accuracy = proportion("certified_accuracy", "ci", held, n)
        table.append({"radius": radius, "n": n, "abstained": abstained, **accuracy})
    return table


def summarise_certificates(certificates: Iterable[Described]) -> Iterator[dict[str, Any]]:
    """Give the certified accuracies of a study.

    Parameters
    ----------
    certificates
        Files of :data:`mishear.core.tables.evaluation.CERTIFICATE`, with their victim, defence and
        confidence.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.evaluation.CERTIFICATES`.
    """
    for certificate in certificates:
        for row in certified_accuracies(CERTIFICATE.read(certificate.file)):
            yield {**certificate.keys, **row}
