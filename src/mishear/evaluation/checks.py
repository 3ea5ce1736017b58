"""Sanity checks: whether an evaluation can be trusted to have found what there is to find.

After Carlini et al. 2019 ("On evaluating adversarial robustness", section 5) and Zimmermann et al.
2022 ("Increasing confidence in adversarial robustness evaluations"). Comparisons are of the same
recordings, so they are decided by the sign test over those on which two attacks differ.
"""

import logging
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch

from mishear.attacks.building import build_attack
from mishear.attacks.judging import UNTARGETED
from mishear.attacks.norms import norm_of, norm_values
from mishear.attacks.waveform import WaveformAttack, within_full_scale
from mishear.core.errors import UserError
from mishear.core.tables.evaluation import CHECK_RUNS
from mishear.evaluation.attack_unit_test import planted_broken
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import Results, read_results
from mishear.runtime.devices import in_batches

log = logging.getLogger(__name__)

SIGNIFICANCE = 0.05
PLANTED = "breaks a planted network"
"""Name of the check by the attack unit test."""
PLANTED_L2 = 20.0
"""dB; what is planted for an attack that looks for the smallest perturbation."""
LITTLE = 0.05
"""Largest change of accuracy that more iterations may bring."""
STEPS = ("steps", "iterations", "max_iter")
"""What attacks call the number of their iterations."""
RATIO = "dB SNR"
"""Unit of a budget that is a signal-to-noise ratio."""
BASELINES = {
    "one step": "LinfFastGradientAttack",
    "random noise": "LinfRepeatedAdditiveUniformNoiseAttack",
    "black box": "mishear.attacks.autoattack.LinfSquare",
}

Verdict = Literal["pass", "fail", "not applicable"]


@dataclass(frozen=True)
class Run:
    """Which recordings one run of an attack left heard right.

    ``norm`` is that of ``eps``; ``note`` says what was spent; ``unit`` is that of ``eps``.
    """

    name: str
    eps: float
    norm: str
    before: Mapping[str, bool]
    after: Mapping[str, bool]
    note: str = ""
    unit: str = "dB"

    @property
    def limit(self) -> str:
        """The eps in words."""
        return f"{self.eps:g} {self.unit}"

    @property
    def size(self) -> float:
        """What grows with the perturbation allowed."""
        return -self.eps if self.unit == RATIO else self.eps

    @property
    def accuracy(self) -> float:
        return sum(self.after.values()) / len(self.after)

    @property
    def n(self) -> int:
        return len(self.after)


@dataclass(frozen=True)
class Finding:
    """One check of one attack: its verdict and the numbers it rests on."""

    check: str
    verdict: Verdict
    n: int
    evidence: str


def iterations(attack: Any) -> tuple[str, int] | None:
    """The name and number of an attack's iterations; None for one that has none or one."""
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
    victim: Any,
    definition: Mapping[str, Any],
    attack: Any,
    recordings: Recordings,
    bounds: tuple[float, float],
    eps: float,
    more: int,
    **how: Any,
) -> Iterator[Run]:
    """Run an attack as configured, without a limit, and with more iterations.

    Parameters
    ----------
    victim
        A :class:`~mishear.defences.defended.DefendedVictim`.
    definition, attack
        The attack's definition, and the attack that
        :func:`~mishear.attacks.building.build_attack` makes of it.
    recordings
        What is attacked.
    bounds
        Lowest and highest value an input may have, dB.
    eps
        Size of the perturbation, dB; infinite for an attack that knows no eps.
    more
        Factor on the iterations.
    how
        ``seed``, ``batch_size`` and ``device`` of
        :func:`~mishear.evaluation.inputs.attack_recordings`.
    """

    norm = norm_of(attack)
    shape = recordings.inputs(slice(0, 1)).shape[1:]

    def run(name: str, definition: Mapping[str, Any], eps: float) -> Run:
        rows, _ = attack_recordings(victim, definition, recordings, eps, bounds, **how)
        return _run(name, eps, norm, Results(rows))

    yield run("as configured", definition, eps)
    yield from _planted(definition, norm, shape, bounds, eps, how["seed"])
    counted = iterations(attack)
    if counted is None:
        return
    name, steps = counted
    longer = {**definition, "params": {**definition["params"], name: steps * more}}
    yield replace(run("more iterations", longer, eps), note=f"{steps} to {steps * more}")
    if eps != float("inf"):
        span = torch.full((1, *shape), bounds[1] - bounds[0])
        yield run("no limit", definition, float(norm_values(span, norm)))


def waveform_runs(
    victim: Any,
    definition: Mapping[str, Any],
    every_eps: Sequence[float],
    recordings: Recordings,
    front_end: torch.nn.Module,
    more: int,
    seed: int,
    batch_size: int,
    device: torch.device,
) -> Iterator[Run]:
    """Run an attack on the waveform with more iterations, once for each of its limits.

    Parameters
    ----------
    victim, definition, more
        As for :func:`attack_runs`.
    every_eps
        See :func:`~mishear.attacks.waveform.sample_limits`.
    recordings, front_end, seed, batch_size, device
        See :func:`~mishear.evaluation.waveforms.attack_waveforms`.
    """
    attack = build_attack(definition)
    counted = iterations(attack)
    if counted is None:
        return
    name, steps = counted
    longer = {**definition, "params": {**definition["params"], name: steps * more}}
    for eps in every_eps:
        run = Run(f"at {eps:g}", eps, norm_of(attack), {}, {}, f"{steps} to {steps * more}")

        def attack_part(part: slice, run: Run = run) -> None:
            clean = torch.from_numpy(within_full_scale(recordings.inputs(part))).to(device)
            labels = recordings.targets[part]
            outcome, _ = WaveformAttack(longer, run.eps).on(
                victim, front_end, clean, torch.from_numpy(labels).to(device), seed + part.start
            )
            names = recordings.names[part]
            run.before.update(zip(names, outcome.clean_prediction == labels, strict=True))
            run.after.update(zip(names, outcome.adversarial_prediction == labels, strict=True))

        in_batches(attack_part, len(recordings), batch_size)
        yield run


def _planted(
    definition: Mapping[str, Any],
    norm: str,
    shape: tuple[int, int, int],
    bounds: tuple[float, float],
    eps: float,
    seed: int,
) -> Iterator[Run]:
    """The attack unit test on inputs of the same shape and range, if these have room for it."""
    # What an attack without an eps is to find has a size all the same.
    size = eps if math.isfinite(eps) else PLANTED_L2
    try:
        broken = planted_broken(definition, shape[1:], bounds, size, norm, eps, seed=seed)
    except UserError as error:
        log.warning("nothing is planted: %s", error)
        return
    after = {f"planted {number}": not found for number, found in enumerate(broken)}
    yield Run("planted network", size, norm, dict.fromkeys(after, True), after)


def baseline_runs(
    victim: Any,
    recordings: Recordings,
    bounds: tuple[float, float],
    eps: float,
    noise_draws: int,
    queries: int,
    **how: Any,
) -> Iterator[Run]:
    """Run what every attack is compared with: one step, random noise, a black box.

    Parameters are those of :func:`attack_runs`; ``noise_draws`` and ``queries`` are what the
    noise and the black box (Square, Andriushchenko et al. 2020) may spend on a recording.
    """
    spent = {"random noise": {"repeats": noise_draws}, "black box": {"queries": queries}}
    for name, attack in BASELINES.items():
        definition = {
            "class": attack,
            "params": spent.get(name, {}),
            "restarts": 1,
            "targets": UNTARGETED,
        }
        rows, _ = attack_recordings(victim, definition, recordings, eps, bounds, **how)
        note = ", ".join(_words(spent.get(name, {})))
        yield replace(_run(name, eps, "linf", Results(rows)), note=note)


def _words(spent: Mapping[str, int]) -> list[str]:
    return [f"{count} {name}" for name, count in spent.items()]


def _run(name: str, eps: float, norm: str, results: Results) -> Run:
    return Run(
        name,
        eps,
        norm,
        results.by_recording(results.correct_clean),
        results.by_recording(results.correct_adversarial),
    )


def write_runs(runs: Iterable[Run], path: Path) -> None:
    """Write runs, a row per recording."""
    rows = (
        {
            "run": run.name,
            "eps": run.eps,
            "norm": run.norm,
            "recording": recording,
            "correct_clean": before,
            "correct_adversarial": run.after[recording],
            "note": run.note,
        }
        for run in runs
        for recording, before in run.before.items()
    )
    CHECK_RUNS.write(rows, path)


def read_runs(path: Path) -> dict[str, Run]:
    """Runs by their name."""
    found: dict[str, Run] = {}
    for row in CHECK_RUNS.read(path):
        run = Run(row["run"], row["eps"], row["norm"], {}, {}, row["note"])
        run = found.setdefault(row["run"], run)
        run.before[row["recording"]] = row["correct_clean"]
        run.after[row["recording"]] = row["correct_adversarial"]
    return found


def weaker(run: Run, other: Run) -> float:
    """The p-value of "this run is no weaker than the other" (``scipy.stats.binomtest``).

    Sign test, one-sided, over the recordings that one of the two left right and the other did not.
    """
    from scipy.stats import binomtest

    common = run.after.keys() & other.after.keys()
    survived_this = sum(run.after[name] and not other.after[name] for name in common)
    differing = sum(run.after[name] != other.after[name] for name in common)
    if not differing:
        return 1.0
    return float(binomtest(survived_this, differing, alternative="greater").pvalue)


def no_weaker(check: str, run: Run, other: Run) -> Finding:
    """Whether an attack is no weaker than another thing done to the same recordings."""
    p = weaker(run, other)
    spent = f" ({other.note})" if other.note else ""
    evidence = f"{run.accuracy:.3f} against {other.accuracy:.3f}{spent} at {run.limit}"
    if p < SIGNIFICANCE:
        return Finding(check, "fail", run.n, f"{evidence}, p = {p:.2g}")
    return Finding(check, "pass", run.n, evidence)


def falls_with_eps(runs: Sequence[Run]) -> Finding:
    """Whether a larger eps never leaves more recordings right, beyond chance.

    Parameters
    ----------
    runs
        One attack's evaluations at several eps.
    """
    name = "accuracy falls with eps"
    runs = sorted(runs, key=lambda run: run.size)
    if len(runs) < 2:
        return Finding(name, "not applicable", 0, "only one eps was run")
    lowest = runs[0]
    for run in runs[1:]:
        if run.accuracy > lowest.accuracy and weaker(run, lowest) < SIGNIFICANCE:
            evidence = f"{run.accuracy:.3f} at {run.limit}, {lowest.accuracy:.3f} at {lowest.limit}"
            return Finding(name, "fail", run.n, evidence)
        lowest = min(lowest, run, key=lambda each: each.accuracy)
    first, last = runs[0], runs[-1]
    evidence = f"{first.accuracy:.3f} at {first.limit} to {last.accuracy:.3f} at {last.limit}"
    return Finding(name, "pass", last.n, evidence)


def reaches_zero(runs: Mapping[str, Run]) -> Finding:
    """Whether an iterative attack without a limit leaves nothing right."""
    name = "without a limit nothing is heard right"
    run = runs.get("no limit")
    if run is None and runs["as configured"].eps == float("inf"):
        run = runs["as configured"]
    if run is None:
        return Finding(name, "not applicable", 0, "not iterative")
    left = sum(run.after.values())
    verdict = "fail" if left else "pass"
    return Finding(name, verdict, run.n, f"{left} of {run.n} still heard right")


def changes_little(runs: Mapping[str, Run]) -> Finding:
    """Whether more iterations find little more."""
    name = "more iterations change little"
    if "more iterations" not in runs:
        return Finding(name, "not applicable", 0, "not iterative")
    run, longer = runs["as configured"], runs["more iterations"]
    gained = run.accuracy - longer.accuracy
    verdict = "fail" if gained > LITTLE else "pass"
    evidence = f"{run.accuracy:.3f}, then {longer.accuracy:.3f} ({longer.note} iterations)"
    return Finding(name, verdict, run.n, evidence)


def findings(
    runs: Mapping[str, Run],
    baselines: Mapping[str, Run],
    evaluations: Sequence[Run],
    transfers: Mapping[float, Run],
) -> list[Finding]:
    """All checks of one attack on a victim behind a defence.

    Parameters
    ----------
    runs, baselines
        Of :func:`attack_runs` and :func:`baseline_runs`, by name.
    evaluations
        The study's adaptive evaluations under the attack, one for each eps.
    transfers
        For each eps its transfer evaluation, where there are any.
    """
    run = runs["as configured"]
    iterative = "more iterations" in runs
    found = [falls_with_eps(evaluations), reaches_zero(runs), changes_little(runs)]
    for name, check in (
        ("one step", "no weaker than one step"),
        ("random noise", "no weaker than random noise"),
        ("black box", "no weaker than a black box"),
    ):
        other = baselines[name]
        if iterative and (run.eps, run.norm) == (other.eps, other.norm):
            found.append(no_weaker(check, run, other))
        else:
            reason = f"not an iterative attack with an eps in the norm {other.norm}"
            found.append(Finding(check, "not applicable", 0, reason))
    pairs = [(each, transfers[each.eps]) for each in evaluations if each.eps in transfers]
    if pairs:
        found.append(_no_weaker_than_transfer(pairs))
    found.append(_breaks_the_planted_network(runs.get("planted network")))
    return found


def waveform_findings(
    runs: Sequence[Run], one_step: Mapping[float, Run], longer: Mapping[float, Run]
) -> list[Finding]:
    """The checks of an attack on the waveform.

    Parameters
    ----------
    runs
        Its adaptive evaluations, one for each eps.
    one_step
        For each eps that of a one-step attack in the same norm and budget; empty where the attack
        is that one, or the study has none.
    longer
        For each eps its run of :func:`waveform_runs`; empty where it was not checked or has no
        iterations.
    """
    found = [falls_with_eps(runs)]
    if pairs := [(run, longer[run.eps]) for run in runs if run.eps in longer]:
        found.append(_changes_little_at_any_limit(pairs))
    if pairs := [(run, one_step[run.eps]) for run in runs if run.eps in one_step]:
        found.append(_no_weaker_at_any_limit("no weaker than one step", pairs))
    return found


def _changes_little_at_any_limit(pairs: Sequence[tuple[Run, Run]]) -> Finding:
    """The limit at which more iterations find most, on the recordings of the longer run."""
    judged = []
    for run, longer in pairs:
        after = {name: run.after[name] for name in longer.after}
        judged.append((replace(run, after=after), longer))
    most = max(judged, key=lambda pair: pair[0].accuracy - pair[1].accuracy)
    finding = changes_little(dict(zip(("as configured", "more iterations"), most, strict=True)))
    return replace(finding, evidence=f"{finding.evidence} at {most[0].limit}{_of_limits(pairs)}")


def _no_weaker_at_any_limit(name: str, pairs: Sequence[tuple[Run, Run]]) -> Finding:
    """The limit at which an attack is weaker than another, or nearest to it."""
    judged = {run.eps: no_weaker(name, run, other) for run, other in pairs}
    failed = {eps: finding for eps, finding in judged.items() if finding.verdict == "fail"}
    nearest = max(
        (pair for pair in pairs if pair[0].eps in (failed or judged)),
        key=lambda pair: pair[0].accuracy - pair[1].accuracy,
    )
    finding = judged[nearest[0].eps]
    return replace(finding, evidence=f"{finding.evidence}{_of_limits(pairs)}")


def _of_limits(pairs: Sequence[Any]) -> str:
    return f", the nearest of {len(pairs)} limits" if len(pairs) > 1 else ""


def summarise_waveform_checks(
    evaluations: Sequence[Mapping[str, Any]],
    results: Sequence[Path],
    checks: Sequence[Mapping[str, Any]],
    files: Sequence[Path],
) -> Iterator[dict[str, Any]]:
    """All findings on attacks on the waveform.

    Parameters
    ----------
    evaluations
        For each adaptive evaluation its ``victim``, ``defence``, ``attack``, ``eps``, ``norm``,
        ``budget`` and whether the attack is of ``one_step``.
    results
        Their rows.
    checks, files
        For each check its ``victim``, ``defence`` and ``attack``, and what :func:`waveform_runs`
        gave.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.evaluation.CHECKS`.
    """
    groups: dict[tuple, list[Run]] = {}
    attacked: dict[tuple, Mapping[str, Any]] = {}
    first_steps: dict[tuple, dict[float, Run]] = {}
    limits: dict[tuple, tuple] = {}
    for evaluation, file in zip(evaluations, results, strict=True):
        unit = RATIO if evaluation["budget"] == "snr" else "of full scale"
        run = replace(
            _run("evaluation", evaluation["eps"], evaluation["norm"], read_results(file)),
            unit=unit,
        )
        place = _place(evaluation)
        limit = (*place[:-1], evaluation["norm"], evaluation["budget"])
        groups.setdefault(place, []).append(run)
        attacked[place] = evaluation
        if evaluation["one_step"]:
            of_limit = first_steps.setdefault(limit, {})
            strongest = min(of_limit.get(run.eps, run), run, key=lambda each: each.accuracy)
            of_limit[run.eps] = strongest
        else:
            limits[place] = limit
    longer = {
        _place(check): {run.eps: run for run in read_runs(file).values()}
        for check, file in zip(checks, files, strict=True)
    }
    for place, runs in groups.items():
        first_step = first_steps.get(limits.get(place), {})
        for finding in waveform_findings(runs, first_step, longer.get(place, {})):
            yield _check_row(attacked[place], finding)


def _check_row(of: Mapping[str, Any], finding: Finding) -> dict[str, Any]:
    return {
        **of["victim"],
        "defence": of["defence"],
        "attack": of["attack"],
        "check": finding.check,
        "verdict": finding.verdict,
        "n": finding.n or None,
        "evidence": finding.evidence,
    }


def _no_weaker_than_transfer(pairs: Sequence[tuple[Run, Run]]) -> Finding:
    judged = [no_weaker("adaptive no weaker than transfer", *pair) for pair in pairs]
    return next((finding for finding in judged if finding.verdict == "fail"), judged[0])


def _breaks_the_planted_network(run: Run | None) -> Finding:
    name = PLANTED
    if run is None:
        return Finding(name, "not applicable", 0, "inputs leave no room for it")
    left = sum(run.after.values())
    evidence = f"{run.n - left} of {run.n} broken, each certainly breakable within {run.eps:g} dB"
    return Finding(name, "fail" if left else "pass", run.n, evidence)


def hides_gradients(found: Mapping[str, Sequence[Finding]]) -> bool:
    """Whether a defence only hides gradients: no iterative attack on it can be trusted.

    Parameters
    ----------
    found
        For each attack its findings. An attack can be trusted if without a limit it leaves
        nothing right, and neither a black box nor a transfer attack finds more.
    """
    telling = {
        "without a limit nothing is heard right",
        "no weaker than a black box",
        "no weaker than random noise",
        "adaptive no weaker than transfer",
    }
    judged = [
        [finding.verdict for finding in of_attack if finding.check in telling]
        for of_attack in found.values()
    ]
    judged = [verdicts for verdicts in judged if "pass" in verdicts or "fail" in verdicts]
    return bool(judged) and all("fail" in verdicts for verdicts in judged)


def summarise_checks(
    checks: Sequence[Mapping[str, Any]],
    files: Sequence[Path],
    evaluations: Sequence[Mapping[str, Any]],
    results: Sequence[Path],
) -> Iterator[dict[str, Any]]:
    """All findings of a study.

    Parameters
    ----------
    checks, files
        For each check its ``victim``, ``defence`` and ``attack`` (None for the baselines), and
        the runs written of it.
    evaluations, results
        For each evaluation of those victims its ``victim``, ``defence``, ``attack``, ``eps`` and
        ``source``, and its rows.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.evaluation.CHECKS`.
    """
    runs = {_place(check): read_runs(file) for check, file in zip(checks, files, strict=True)}
    evaluated: dict[tuple, list[Run]] = {}
    for evaluation, file in zip(evaluations, results, strict=True):
        place = (*_place(evaluation), bool(evaluation["source"]))
        run = _run("evaluation", evaluation["eps"], "", read_results(file))
        evaluated.setdefault(place, []).append(run)
    for check in checks:
        if check["attack"] is None:
            continue
        place = _place(check)
        baselines = runs[_place({**check, "attack": None})]
        transfers = {run.eps: run for run in evaluated.get((*place, True), [])}
        for finding in findings(
            runs[place], baselines, evaluated.get((*place, False), []), transfers
        ):
            yield _check_row(check, finding)


def _place(check: Mapping[str, Any]) -> tuple:
    return (*check["victim"].values(), check["defence"], check["attack"])
