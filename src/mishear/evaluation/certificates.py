"""Certified radii of randomised smoothing (Cohen et al. 2019, algorithm CERTIFY)."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from mishear.core.random_streams import derived_seed
from mishear.core.statistics import lower_bound, proportion
from mishear.core.tables.base import Described, grouped
from mishear.core.tables.certificates import CERTIFICATE, CERTIFICATES_OVER_SEEDS
from mishear.defences.defended import DefendedVictim, count_votes
from mishear.evaluation.evaluated import different_recordings
from mishear.evaluation.over_seeds import proportion_over_seeds
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import correct
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.runtime.batching import Batches, in_batches
from mishear.runtime.environment import environment_of

log = logging.getLogger(__name__)

RADII = 60
"""Number of radii in the grid, from 0 to the largest."""


@dataclass(frozen=True)
class Draws:
    """How a radius is measured.

    Attributes
    ----------
    selection : int
        Draws that choose the class.
    samples : int
        Draws that bound its probability.
    confidence : float
        Confidence with which a radius holds for its recording.
    """

    selection: int
    samples: int
    confidence: float


def certified_radius(agreeing: int, n: int, sigma: float, confidence: float) -> float | None:
    """Compute the L2 radius within which the prediction cannot change; None to abstain.

    Parameters
    ----------
    agreeing, n
        Draws that gave the chosen class, and draws in all.
    sigma
        Standard deviation of the noise.
    confidence
        Confidence with which the radius holds for this recording.

    Returns
    -------
    float or None
        ``sigma`` times the normal quantile of the proportion's lower bound (Cohen et al. 2019,
        theorem 1 with proposition 2).
    """
    from scipy.stats import norm

    bound = lower_bound(agreeing, n, confidence)
    return float(sigma * norm.ppf(bound)) if bound > 0.5 else None


def certify(
    victim: DefendedVictim, draws: Draws, recordings: Recordings, batches: Batches
) -> list[dict[str, Any]]:
    """Certify recordings.

    Parameters
    ----------
    victim
        On the device of the batches, in evaluation mode; its first defence is a
        :class:`~mishear.defences.smoothing.RandomisedSmoothing`, and no other draws at random.
    draws
        How radii are measured.
    recordings
        The recordings to certify.
    batches
        How they are divided; the seed is that of the noise.

    Returns
    -------
    list of dict
        Rows of :data:`mishear.core.tables.evaluation.CERTIFICATE`.
    """
    sigma = victim.defences[0].sigma
    largest = certified_radius(draws.samples, draws.samples, sigma, draws.confidence)
    rows: list[dict[str, Any]] = []

    @torch.inference_mode()
    def certify_part(part: slice) -> None:
        seed = batches.seed_of(part.start)
        inputs = torch.from_numpy(recordings.inputs(part)).to(batches.device)
        began = time.perf_counter()
        torch.manual_seed(derived_seed(seed, "certificate: class"))
        chosen = count_votes(victim.behind, inputs, draws.selection).argmax(1)
        torch.manual_seed(derived_seed(seed, "certificate: probability"))
        votes = count_votes(victim.behind, inputs, draws.samples).gather(1, chosen[:, None])[:, 0]
        seconds = (time.perf_counter() - began) / len(inputs)
        names, targets = recordings.names[part], recordings.targets[part]
        for name, target, predicted, agreeing in zip(
            names, targets, chosen.tolist(), votes.tolist(), strict=True
        ):
            radius = certified_radius(agreeing, draws.samples, sigma, draws.confidence)
            rows.append(
                {
                    "recording": name,
                    "label": recordings.classes[target],
                    "prediction": None if radius is None else recordings.classes[predicted],
                    "radius": radius,
                    "largest_radius": largest or 0.0,
                    "seconds": seconds,
                    **asdict(environment_of(batches.device)),
                }
            )
        log.info("%d of %d recordings certified", len(rows), len(recordings))

    in_batches(certify_part, len(recordings), batches.size)
    return rows


def certified_accuracies(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Compute the certified accuracy for a grid of radii.

    Parameters
    ----------
    rows
        Of :data:`mishear.core.tables.evaluation.CERTIFICATE`.

    Returns
    -------
    list of dict
        For each radius ``n``, ``abstained``, ``largest_radius``, ``capped``,
        ``certified_accuracy`` and its 95 % Wilson interval over the recordings.
    """
    n = len(rows)
    abstained = sum(row["radius"] is None for row in rows)
    largest = rows[0]["largest_radius"]
    capped = sum(row["radius"] is not None and row["radius"] >= largest for row in rows)
    counts = {"n": n, "abstained": abstained, "largest_radius": largest, "capped": capped}
    right = correct(rows, "prediction")
    radii = [rows[row]["radius"] for row in np.flatnonzero(right)]
    table = []
    for radius in np.linspace(0, max(radii, default=0.0), RADII).tolist():
        held = sum(value >= radius for value in radii)
        accuracy = proportion("certified_accuracy", "ci", held, n)
        table.append({"radius": radius, **counts, **accuracy})
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


def certificates_over_seeds(
    certificates: Iterable[Described], speakers: Mapping[str, SpeakersOfTest]
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.certificates.CERTIFICATES_OVER_SEEDS`.

    Parameters
    ----------
    certificates
        As for :func:`summarise_certificates`. Those of a seed's folds are pooled.
    speakers
        Of each corpus.

    Raises
    ------
    UserError
        If the victims of a recipe were certified on different recordings.
    """
    for keys, members in grouped(certificates, CERTIFICATES_OVER_SEEDS.before("radius")):
        of_seeds = [_held(victims) for _, victims in grouped(members, ["seed"])]
        recordings = sorted(of_seeds[0])
        if any(sorted(radii) != recordings for radii in of_seeds):
            raise different_recordings(keys, "certified", "certificates")
        radii = np.array([[held[name] for name in recordings] for held in of_seeds])
        clusters = speakers[keys["corpus"]].clusters(recordings)
        for radius in np.linspace(0, max(radii.max(), 0.0), RADII).tolist():
            held = radii >= radius
            counts = {"radius": radius, "n": len(recordings), "seeds": len(radii)}
            share = proportion_over_seeds(
                "certified_accuracy", "ci", held, np.ones_like(held), clusters
            )
            yield keys | counts | share


def _held(folds: Iterable[Described]) -> dict[str, float]:
    """Return the radius within which each recording is classified correctly; -1 for none."""
    found: dict[str, float] = {}
    for fold in folds:
        rows = CERTIFICATE.read(fold.file)
        for row, right in zip(rows, correct(rows, "prediction"), strict=True):
            found[row["recording"]] = row["radius"] if right else -1.0
    return found
