"""Run attacks in ways that are known to help them or not, on a few recordings."""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch

from mishear.attacks.building import build_attack, limit_of
from mishear.attacks.judging import UNTARGETED, Threat
from mishear.attacks.norms import norm_of, norm_values
from mishear.attacks.waveform import WaveformAttack
from mishear.core.errors import UserError
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.attack_unit_test import UnitTest, broken
from mishear.evaluation.checks.runs import (
    BLACK_BOX,
    CONFIGURED,
    LONGER,
    NOISE,
    ONE_STEP,
    UNBOUNDED,
    UNIT_TEST,
    Run,
)
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import Results
from mishear.evaluation.waveforms import attack_waveforms
from mishear.runtime.batching import Batches

log = logging.getLogger(__name__)

MINIMAL_EPS = 20.0
"""dB; eps of the unit test of an attack that looks for the smallest perturbation."""
STEPS = ("steps", "iterations", "max_iter")
"""Names by which attacks call the number of their iterations."""
BASELINES = {
    ONE_STEP: "LinfFastGradientAttack",
    NOISE: "LinfRepeatedAdditiveUniformNoiseAttack",
    BLACK_BOX: "mishear.attacks.autoattack.LinfSquare",
}


def iterations(attack: Any) -> tuple[str, int] | None:
    """Return the name and number of an attack's iterations; None for one that has none or one."""
    for name in STEPS:
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
    victim: DefendedVictim,
    definition: Mapping[str, Any],
    recordings: Recordings,
    bounds: tuple[float, float],
    eps: float,
    more: int,
    batches: Batches,
) -> Iterator[Run]:
    """Run an attack as configured, with more iterations, unbounded, and in its unit test.

    Parameters
    ----------
    victim
        See :func:`~mishear.evaluation.inputs.attack_recordings`.
    definition
        The attack's ``class``, ``params``, ``restarts`` and ``targets``.
    recordings
        The recordings to attack.
    bounds
        Lowest and highest value an input may have, dB.
    eps
        Largest perturbation, dB; an attack that knows no eps has none.
    more
        Factor on the iterations.
    batches
        How the recordings are divided.
    """
    attack = build_attack(definition)
    eps, norm = limit_of(attack, eps), norm_of(attack)
    shape = recordings.input_shape

    def run(name: str, definition: Mapping[str, Any], eps: float, note: str = "") -> Run:
        threat = Threat.of(definition, eps, bounds)
        rows, _ = attack_recordings(victim, definition, recordings, threat, batches)
        return Run.of(name, eps, norm, Results(rows), note)

    yield run(CONFIGURED, definition, eps)
    # What an attack without an eps is to find has a size all the same.
    size = eps if math.isfinite(eps) else MINIMAL_EPS
    yield from _unit_test(
        definition, UnitTest(shape[1:], bounds, size, norm, seed=batches.seed), eps
    )
    if iterations(attack) is None:
        return
    longer, note = _longer(definition, attack, more)
    yield run(LONGER, longer, eps, note)
    if math.isfinite(eps):
        span = torch.full((1, *shape), bounds[1] - bounds[0])
        yield run(UNBOUNDED, definition, float(norm_values(span, norm)))


def _longer(definition: Mapping[str, Any], attack: Any, more: int) -> tuple[dict[str, Any], str]:
    """Return an attack's definition with more iterations, and a note of both numbers."""
    name, steps = iterations(attack)
    params = {**definition["params"], name: steps * more}
    return {**definition, "params": params}, f"{steps} to {steps * more}"


def _unit_test(definition: Mapping[str, Any], test: UnitTest, eps: float) -> Iterator[Run]:
    """Run the attack unit test, where the range of the inputs leaves room for it."""
    try:
        found = broken(definition, test, eps)
    except UserError as error:
        log.warning("no attack unit test: %s", error)
        return
    left = {f"planted {number}": not each for number, each in enumerate(found.tolist())}
    yield Run(UNIT_TEST, test.eps, test.norm, dict.fromkeys(left, True), left)


def waveform_runs(
    victim: DefendedVictim,
    definition: Mapping[str, Any],
    every_eps: Sequence[float],
    recordings: Recordings,
    front_end: torch.nn.Module,
    more: int,
    batches: Batches,
) -> Iterator[Run]:
    """Run an attack on the waveform with more iterations, once for each of its limits.

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
    if iterations(attack) is None:
        return
    longer, note = _longer(definition, attack, more)
    for eps in every_eps:
        limited = WaveformAttack(longer, eps)
        rows, _ = attack_waveforms(victim, limited, recordings, front_end, batches)
        yield Run.of(f"at {eps:g}", eps, norm_of(attack), Results(rows), note)


def baseline_runs(
    victim: DefendedVictim,
    recordings: Recordings,
    bounds: tuple[float, float],
    eps: float,
    noise_draws: int,
    queries: int,
    batches: Batches,
) -> Iterator[Run]:
    """Run the baselines of every attack: one step, random noise, a black box.

    Parameters
    ----------
    victim, recordings, bounds, eps, batches
        See :func:`attack_runs`.
    noise_draws, queries
        Draws of the noise, and queries of the black box (Square, Andriushchenko et al. 2020), for
        each recording.
    """
    spent = {NOISE: {"repeats": noise_draws}, BLACK_BOX: {"queries": queries}}
    for name, attack in BASELINES.items():
        params = spent.get(name, {})
        definition = {"class": attack, "params": params, "restarts": 1, "targets": UNTARGETED}
        threat = Threat.of(definition, eps, bounds)
        rows, _ = attack_recordings(victim, definition, recordings, threat, batches)
        note = ", ".join(f"{count} {unit}" for unit, count in params.items())
        yield Run.of(name, eps, "linf", Results(rows), note)
