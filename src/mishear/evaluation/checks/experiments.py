"""Run attacks in ways that are known to help them or not, on a few recordings."""

import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from mishear.attacks.building import build_attack, limit_of
from mishear.attacks.judging import UNTARGETED, Threat
from mishear.attacks.norms import norm_of, norm_values
from mishear.attacks.waveform import WaveformAttack
from mishear.core.errors import UserError
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.attack_unit_test import UnitTest, broken
from mishear.evaluation.binarisation_test import Planting, plant
from mishear.evaluation.binarisation_test import found as found_examples
from mishear.evaluation.checks.findings import is_compared
from mishear.evaluation.checks.runs import (
    BLACK_BOX,
    CONFIGURED,
    LONGER,
    NOISE,
    ONE_STEP,
    PLANTED,
    SAMPLED,
    UNBOUNDED,
    UNIT_TEST,
    Run,
)
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import Results
from mishear.evaluation.waveforms import attack_waveforms
from mishear.runtime.batching import Batches
from mishear.study.checks import BASELINES

log = logging.getLogger(__name__)

MINIMAL_EPS = 20.0
"""Eps of the unit test of an attack that looks for the smallest perturbation, or a quarter of a
range that is smaller than for decibels."""
PLANTS = 60
"""Recordings in whose neighbourhood examples are planted in the victim."""
STEPS = ("steps", "iterations", "max_iter")
"""Names by which attacks call the number of their iterations."""
QUERIES = "queries"
"""Name by which searches call the number of their queries."""


@dataclass(frozen=True)
class Subject:
    """What the attacks of a check are run on.

    Attributes
    ----------
    victim : DefendedVictim
        See :func:`~mishear.evaluation.inputs.attack_recordings`.
    recordings : Recordings
        The recordings to attack.
    bounds : tuple of float
        Lowest and highest value an input may have.
    batches : Batches
        How the recordings are divided.
    """

    victim: DefendedVictim
    recordings: Recordings
    bounds: tuple[float, float]
    batches: Batches

    def attacked(self, definition: Mapping[str, Any], eps: float) -> Results:
        """Attack the recordings and return the results."""
        threat = Threat.of(definition, eps, self.bounds)
        rows, _ = attack_recordings(self.victim, definition, self.recordings, threat, self.batches)
        return Results(rows)

    def left_by(self, runs: Sequence[Run]) -> "Subject":
        """Return the subject with those recordings alone that one of some runs left correct."""
        left = {name for run in runs for name, each in run.correct_adversarial.items() if each}
        kept = [name in left for name in self.recordings.names.tolist()]
        return replace(self, recordings=self.recordings.where(np.array(kept, dtype=bool)))


def iterations(attack: Any, names: Sequence[str] = STEPS) -> tuple[str, int] | None:
    """Return the name and number of an attack's iterations; None for one that has none or one."""
    for name in names:
        steps = getattr(attack, name, None)
        if isinstance(steps, int) and steps > 1:
            return name, steps
    return None


def is_one_step(attack: Any) -> bool:
    """Return whether an attack takes a single step, whatever its class is called.

    Attacks of more steps must be no weaker than such a one.
    """
    return any(getattr(attack, name, None) == 1 for name in STEPS)


def attack_runs(
    subject: Subject,
    definition: Mapping[str, Any],
    eps: float,
    more: int,
    evaluated: Results | None = None,
) -> Iterator[Run]:
    """Run an attack as configured, with more iterations, unbounded, and in its unit tests.

    Parameters
    ----------
    subject
        Victim and recordings.
    definition
        The attack's ``class``, ``params``, ``restarts`` and ``targets``.
    eps
        Largest perturbation; an attack that knows no eps has none.
    more
        Factor on the iterations.
    evaluated
        Results of the attack as configured at this eps, if it was evaluated already.
    """
    attack = build_attack(definition)
    eps, norm = limit_of(attack, eps), norm_of(attack)
    shape, bounds = subject.recordings.input_shape, subject.bounds

    def run(name: str, definition: Mapping[str, Any], eps: float, note: str = "") -> Run:
        return Run.of_results(name, eps, norm, subject.attacked(definition, eps), note)

    if evaluated is None:
        yield run(CONFIGURED, definition, eps)
    else:
        yield Run.of_results(CONFIGURED, eps, norm, evaluated.of(subject.recordings.names))
    # What an attack without an eps is to find has a size all the same.
    size = eps if math.isfinite(eps) else min(MINIMAL_EPS, (bounds[1] - bounds[0]) / 4)
    seed = subject.batches.seed
    yield from _unit_test(definition, UnitTest(shape[1:], bounds, size, norm, seed=seed), eps)
    yield from _planted(subject, definition, Planting(size, norm, bounds, seed), eps)
    if iterations(attack) is None:
        return
    longer, note = _longer(definition, *iterations(attack), more)
    yield run(LONGER, longer, eps, note)
    if math.isfinite(eps):
        span = torch.full((1, *shape), bounds[1] - bounds[0])
        yield run(UNBOUNDED, definition, float(norm_values(span, norm)))


def _longer(
    definition: Mapping[str, Any], name: str, steps: int, more: int
) -> tuple[dict[str, Any], str]:
    """Return an attack's definition with more iterations, and a note of both numbers."""
    params = {**definition["params"], name: steps * more}
    noun = QUERIES if name == QUERIES else "iterations"
    return {**definition, "params": params}, f"{steps} to {steps * more} {noun}"


def _unit_test(definition: Mapping[str, Any], test: UnitTest, eps: float) -> Iterator[Run]:
    """Run the attack unit test, where the range of the inputs leaves room for it."""
    try:
        found = broken(definition, test, eps)
    except UserError as error:
        log.warning("no attack unit test: %s", error)
        return
    left = {f"planted {number}": not each for number, each in enumerate(found.tolist())}
    yield Run(UNIT_TEST, test.eps, test.norm, dict.fromkeys(left, True), left)


def _planted(
    subject: Subject, definition: Mapping[str, Any], test: Planting, eps: float
) -> Iterator[Run]:
    """Run an attack on examples that are planted in the victim, where that is possible."""
    wanted = subject.recordings.inputs(slice(0, PLANTS))
    recordings = torch.from_numpy(wanted).to(subject.batches.device)
    planted = plant(subject.victim, recordings, test)
    if planted is None:
        return
    names = subject.recordings.names[:PLANTS][planted.rows].tolist()
    for name, hit in (
        (PLANTED, found_examples(definition, planted, test, eps)),
        (SAMPLED, planted.at_random),
    ):
        left = dict(zip(names, (~hit).tolist(), strict=True))
        yield Run(name, test.eps, test.norm, dict.fromkeys(names, True), left)


def waveform_runs(
    victim: DefendedVictim,
    definition: Mapping[str, Any],
    every_eps: Sequence[float],
    recordings: Recordings,
    front_end: torch.nn.Module,
    more: int,
    batches: Batches,
) -> Iterator[Run]:
    """Run an attack on the waveform with more iterations or queries, once for each of its limits.

    Parameters
    ----------
    victim, recordings, front_end, batches
        See :func:`~mishear.evaluation.waveforms.attack_waveforms`.
    definition, more
        See :func:`attack_runs`.
    every_eps
        See :func:`~mishear.attacks.waveform.sample_limits`.
    """
    attack = build_attack(definition)
    found = iterations(attack, (*STEPS, QUERIES))
    if found is None:
        return
    longer, note = _longer(definition, *found, more)
    for eps in every_eps:
        limited = WaveformAttack(longer, eps)
        rows, _ = attack_waveforms(victim, limited, recordings, front_end, batches)
        yield Run.of_results(f"at {eps:g}", eps, norm_of(attack), Results(rows), note)


def baseline_runs(
    subject: Subject,
    eps: float,
    noise_draws: int,
    queries: int,
    attacked: Iterable[Mapping[str, Run]] = (),
    one_step: Results | None = None,
) -> Iterator[Run]:
    """Run the baselines of every attack: one step, random noise, a black box.

    The black box (Square, Andriushchenko et al. 2020) is run on the recordings that one of the
    attacks left correct.

    Parameters
    ----------
    subject, eps
        See :func:`attack_runs`.
    noise_draws, queries
        Draws of the noise, and largest number of queries of the black box, for each recording.
    attacked
        The runs of each attack that is compared with them, by name.
    one_step
        Results of the one-step attack at this eps, if it was evaluated already.
    """
    if one_step is None:
        one_step = subject.attacked(_baseline(ONE_STEP), eps)
    yield Run.of_results(ONE_STEP, eps, "linf", one_step.of(subject.recordings.names))
    noise = subject.attacked(_baseline(NOISE, repeats=noise_draws), eps)
    yield Run.of_results(NOISE, eps, "linf", noise, f"{noise_draws} repeats")
    standing = subject.left_by([runs[CONFIGURED] for runs in attacked if is_compared(runs, eps)])
    if len(standing.recordings):
        results = standing.attacked(_baseline(BLACK_BOX, queries=queries), eps)
        spent = round(math.fsum(results.column("queries")))
        note = f"up to {queries:,} queries for a recording, {spent:,} in all"
        yield Run.of_results(BLACK_BOX, eps, "linf", results, note)


def _baseline(name: str, **params: int) -> dict[str, Any]:
    return {"class": BASELINES[name], "params": params, "restarts": 1, "targets": UNTARGETED}
