"""The table of a study's checks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mishear.attacks.building import build_attack
from mishear.attacks.norms import norm_of
from mishear.core.tables.base import Described
from mishear.core.units import FULL_SCALE
from mishear.evaluation.checks.experiments import is_one_step
from mishear.evaluation.checks.findings import (
    FINDS_PLANTED,
    NO_WEAKER,
    Found,
    findings,
    waveform_findings,
)
from mishear.evaluation.checks.runs import ONE_STEP, RATIO, Run, read_runs
from mishear.evaluation.checks.verdicts import decided, not_applicable
from mishear.evaluation.results import read_results
from mishear.features.bounds import read_unit

NEED_GRADIENT = (NO_WEAKER[ONE_STEP], FINDS_PLANTED)
"""Checks that cannot be made of a victim without a gradient."""


@dataclass(frozen=True)
class _Evaluated:
    """An evaluation: its keys, and its results as a run."""

    keys: Mapping[str, Any]
    run: Run


def waveform_keys(
    keys: Iterable[Mapping[str, Any]], attacks: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Add to the keys of evaluations the norm of eps and whether the attack takes one step.

    Parameters
    ----------
    keys
        What the study says of each evaluation.
    attacks
        Definitions of the attacks, by name.
    """
    facts = {}
    for name, definition in attacks.items():
        attack = build_attack(definition, f"attacks.{name}")
        facts[name] = {"norm": norm_of(attack), "one_step": is_one_step(attack)}
    return [{**each, **facts[each["attack"]]} for each in keys]


Judged = tuple[Mapping[str, Any], Found]
"""A check: its ``victim``, ``defence`` and ``attack``, and what was found."""


def check_rows(*judged: Iterable[Judged]) -> list[dict[str, Any]]:
    """Decide all checks of a study together.

    Parameters
    ----------
    *judged
        Of :func:`input_checks` and :func:`waveform_checks`.

    Returns
    -------
    list of dict
        Rows of :data:`mishear.core.tables.checks.CHECKS`.
    """
    together = [each for part in judged for each in part]
    verdicts = decided([found for _, found in together])
    return [
        {
            **keys["victim"],
            "defence": keys["defence"],
            "attack": keys["attack"],
            "check": finding.check,
            "verdict": finding.verdict,
            "n": finding.n or None,
            "evidence": finding.evidence,
            "p": finding.p,
            "smallest_difference": finding.sees,
        }
        for (keys, _), finding in zip(together, verdicts, strict=True)
    ]


def input_checks(
    checks: Sequence[Described], evaluations: Iterable[Described], bounds: Iterable[Described]
) -> Iterator[Judged]:
    """Give what was found of attacks on the network's inputs.

    Parameters
    ----------
    checks
        Runs, with their ``victim``, ``defence`` and ``attack`` (None for the baselines).
    evaluations
        Results on those victims, with their ``victim``, ``defence``, ``attack``, ``eps`` and
        ``source``.
    bounds
        Files with the unit of each ``front_end``.

    Yields
    ------
    keys, found
        A check, and what was found.
    """
    units = {each.keys["front_end"]: read_unit(each.file) for each in bounds}
    runs = {
        _place(check.keys): read_runs(check.file, units[check.keys["victim"]["front_end"]])
        for check in checks
    }
    adaptive: dict[tuple, list[Run]] = {}
    transfers: dict[tuple, dict[float, Run]] = {}
    for evaluation in evaluations:
        place, eps = _place(evaluation.keys), evaluation.keys["eps"]
        unit = units[evaluation.keys["victim"]["front_end"]]
        run = Run.of_results("evaluation", eps, "", read_results(evaluation.file), unit=unit)
        if evaluation.keys["source"]:
            transfers.setdefault(place, {})[eps] = run
        else:
            adaptive.setdefault(place, []).append(run)
    for keys in (check.keys for check in checks if check.keys["attack"] is not None):
        place, baselines = _place(keys), _place({**keys, "attack": None})
        evaluated = adaptive.get(place, []), transfers.get(place, {})
        for finding in findings(runs[place], runs[baselines], *evaluated):
            yield keys, finding


def waveform_checks(
    checks: Iterable[Described], evaluations: Iterable[Described]
) -> Iterator[Judged]:
    """Give what was found of attacks on the waveform.

    Parameters
    ----------
    checks
        Runs, with their ``victim``, ``defence`` and ``attack``.
    evaluations
        Adaptive evaluations, with their ``victim``, ``defence``, ``attack``, ``eps`` and
        ``budget``, whether the victim gives ``scores_only``, and what :func:`waveform_keys` adds.

    Yields
    ------
    keys, found
        A check, and what was found.
    """
    longer = {
        _place(check.keys): {run.eps: run for run in read_runs(check.file).values()}
        for check in checks
    }
    groups: dict[tuple, list[_Evaluated]] = {}
    for evaluation in evaluations:
        evaluated = _Evaluated(evaluation.keys, _waveform_run(evaluation))
        groups.setdefault(_place(evaluation.keys), []).append(evaluated)
    one_step = _strongest_one_step(groups.values())
    for place, group in groups.items():
        keys = group[0].keys
        baseline = {} if keys["one_step"] else one_step.get(_limits(keys), {})
        runs = [each.run for each in group]
        found = waveform_findings(runs, baseline, longer.get(place, {}))
        yield from ((keys, finding) for finding in found)
        for check in NEED_GRADIENT if keys["scores_only"] else ():
            if check not in [finding.check for finding in found]:
                yield keys, not_applicable(check, "the victim gives only scores, no gradient")


def _waveform_run(evaluation: Described) -> Run:
    keys, results = evaluation.keys, read_results(evaluation.file)
    unit = RATIO if keys["budget"] == "snr" else FULL_SCALE
    return Run.of_results("evaluation", keys["eps"], keys["norm"], results, unit=unit)


def _strongest_one_step(
    groups: Iterable[Sequence[_Evaluated]],
) -> dict[tuple, dict[float, Run]]:
    """Find the one-step evaluation that leaves the fewest, for each kind of limit and eps."""
    found: dict[tuple, dict[float, Run]] = {}
    for evaluated in (each for group in groups for each in group if each.keys["one_step"]):
        of_limits, run = found.setdefault(_limits(evaluated.keys), {}), evaluated.run
        of_limits[run.eps] = min(of_limits.get(run.eps, run), run, key=lambda each: each.accuracy)
    return found


def _place(keys: Mapping[str, Any]) -> tuple:
    return (*keys["victim"].values(), keys["defence"], keys["attack"])


def _limits(keys: Mapping[str, Any]) -> tuple:
    """Return what attacks must have in common to be compared at the same eps."""
    return (*keys["victim"].values(), keys["defence"], keys["norm"], keys["budget"])
