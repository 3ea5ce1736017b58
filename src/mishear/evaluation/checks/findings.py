"""Findings: the verdict of each check of an attack, and the numbers it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

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

SIGNIFICANCE = 0.05
LITTLE = 0.05
"""Largest change of accuracy that more iterations may bring."""

FALLS_WITH_EPS = "accuracy falls with eps"
REACHES_ZERO = "an unbounded attack leaves nothing correct"
CHANGES_LITTLE = "more iterations change little"
NO_WEAKER = {
    ONE_STEP: "no weaker than one step",
    NOISE: "no weaker than random noise",
    BLACK_BOX: "no weaker than a black box",
}
"""Names of the comparisons with each baseline."""
TRANSFER = "adaptive no weaker than transfer"
PASSES_UNIT_TEST = "passes the attack unit test"
TELLING = {REACHES_ZERO, NO_WEAKER[NOISE], NO_WEAKER[BLACK_BOX], TRANSFER}
"""Checks that an attack fails where gradients lead it astray."""

Verdict = Literal["pass", "fail", "not applicable"]


@dataclass(frozen=True)
class Finding:
    """One check of one attack.

    Attributes
    ----------
    check : str
    verdict : str
        ``pass``, ``fail`` or ``not applicable``.
    n : int
        Number of recordings; 0 where the check was not made.
    evidence : str
        The numbers that the verdict rests on.
    """

    check: str
    verdict: Verdict
    n: int
    evidence: str


def weaker(run: Run, other: Run) -> float:
    """Return the p-value of "this run is no weaker than the other" (``scipy.stats.binomtest``).

    Sign test, one-sided, over the recordings that one of the two left correct and the other did
    not.
    """
    from scipy.stats import binomtest

    this, that = run.correct_adversarial, other.correct_adversarial
    common = this.keys() & that.keys()
    survived_this = sum(this[name] and not that[name] for name in common)
    differing = sum(this[name] != that[name] for name in common)
    if not differing:
        return 1.0
    return float(binomtest(survived_this, differing, alternative="greater").pvalue)


def no_weaker(check: str, run: Run, other: Run) -> Finding:
    """Check that an attack is no weaker than another on the same recordings."""
    p = weaker(run, other)
    spent = f" ({other.note})" if other.note else ""
    evidence = f"{run.accuracy:.3f} against {other.accuracy:.3f}{spent} at {run.limit}"
    if p < SIGNIFICANCE:
        return Finding(check, "fail", run.n, f"{evidence}, p = {p:.2g}")
    return Finding(check, "pass", run.n, evidence)


def falls_with_eps(runs: Sequence[Run]) -> Finding:
    """Check that a larger eps never leaves more recordings correct, beyond chance.

    Parameters
    ----------
    runs
        One attack's evaluations at several eps.
    """
    runs = sorted(runs, key=lambda run: run.size)
    if len(runs) < 2:
        return Finding(FALLS_WITH_EPS, "not applicable", 0, "only one eps was run")
    lowest = runs[0]
    for run in runs[1:]:
        if run.accuracy > lowest.accuracy and weaker(run, lowest) < SIGNIFICANCE:
            evidence = f"{run.accuracy:.3f} at {run.limit}, {lowest.accuracy:.3f} at {lowest.limit}"
            return Finding(FALLS_WITH_EPS, "fail", run.n, evidence)
        lowest = min(lowest, run, key=lambda each: each.accuracy)
    first, last = runs[0], runs[-1]
    evidence = f"{first.accuracy:.3f} at {first.limit} to {last.accuracy:.3f} at {last.limit}"
    return Finding(FALLS_WITH_EPS, "pass", last.n, evidence)


def reaches_zero(runs: Mapping[str, Run]) -> Finding:
    """Check that an iterative attack without a bound leaves nothing correct."""
    run = runs.get(UNBOUNDED)
    if run is None and runs[CONFIGURED].eps == float("inf"):
        run = runs[CONFIGURED]
    if run is None:
        return Finding(REACHES_ZERO, "not applicable", 0, "not iterative")
    verdict = "fail" if run.left else "pass"
    return Finding(REACHES_ZERO, verdict, run.n, f"{run.left} of {run.n} still correct")


def changes_little(runs: Mapping[str, Run]) -> Finding:
    """Check that more iterations find little more."""
    if LONGER not in runs:
        return Finding(CHANGES_LITTLE, "not applicable", 0, "not iterative")
    run, longer = runs[CONFIGURED], runs[LONGER]
    verdict = "fail" if run.accuracy - longer.accuracy > LITTLE else "pass"
    evidence = f"{run.accuracy:.3f}, then {longer.accuracy:.3f} ({longer.note} iterations)"
    return Finding(CHANGES_LITTLE, verdict, run.n, evidence)


def passes_unit_test(run: Run | None) -> Finding:
    """Check that an attack breaks every recording of its unit test."""
    if run is None:
        reason = "the range of the inputs leaves no room for it"
        return Finding(PASSES_UNIT_TEST, "not applicable", 0, reason)
    evidence = f"{run.n - run.left} of {run.n} broken, each attackable within {run.eps:g} dB"
    return Finding(PASSES_UNIT_TEST, "fail" if run.left else "pass", run.n, evidence)


def findings(
    runs: Mapping[str, Run],
    baselines: Mapping[str, Run],
    evaluations: Sequence[Run],
    transfers: Mapping[float, Run],
) -> list[Finding]:
    """Make all checks of one attack on a victim behind a defence.

    Parameters
    ----------
    runs, baselines
        Of :func:`~mishear.evaluation.checks.experiments.attack_runs` and
        :func:`~mishear.evaluation.checks.experiments.baseline_runs`, by name.
    evaluations
        The study's adaptive evaluations under the attack, one for each eps.
    transfers
        For each eps its transfer evaluation, where there is one.
    """
    run = runs[CONFIGURED]
    found = [falls_with_eps(evaluations), reaches_zero(runs), changes_little(runs)]
    for name, check in NO_WEAKER.items():
        other = baselines[name]
        if LONGER in runs and (run.eps, run.norm) == (other.eps, other.norm):
            found.append(no_weaker(check, run, other))
        else:
            reason = f"not an iterative attack with an eps in the norm {other.norm}"
            found.append(Finding(check, "not applicable", 0, reason))
    pairs = [(each, transfers[each.eps]) for each in evaluations if each.eps in transfers]
    if pairs:
        judged = [no_weaker(TRANSFER, *pair) for pair in pairs]
        found.append(next((each for each in judged if each.verdict == "fail"), judged[0]))
    found.append(passes_unit_test(runs.get(UNIT_TEST)))
    return found


def waveform_findings(
    runs: Sequence[Run], one_step: Mapping[float, Run], longer: Mapping[float, Run]
) -> list[Finding]:
    """Make the checks of an attack on the waveform.

    Parameters
    ----------
    runs
        Its adaptive evaluations, one for each eps.
    one_step
        For each eps the evaluation of a one-step attack in the same norm and budget; empty where
        the attack is that one, or the study has none.
    longer
        For each eps its run of :func:`~mishear.evaluation.checks.experiments.waveform_runs`; empty
        where it was not checked or has no iterations.
    """
    found = [falls_with_eps(runs)]
    if pairs := [(run, longer[run.eps]) for run in runs if run.eps in longer]:
        found.append(_changes_little_at_any_limit(pairs))
    if pairs := [(run, one_step[run.eps]) for run in runs if run.eps in one_step]:
        found.append(_no_weaker_at_any_limit(NO_WEAKER[ONE_STEP], pairs))
    return found


def _changes_little_at_any_limit(pairs: Sequence[tuple[Run, Run]]) -> Finding:
    """Take the limit at which more iterations find most, on the recordings of the longer run."""
    judged = []
    for run, longer in pairs:
        left = {name: run.correct_adversarial[name] for name in longer.correct_adversarial}
        judged.append((replace(run, correct_adversarial=left), longer))
    run, longer = max(judged, key=lambda pair: pair[0].accuracy - pair[1].accuracy)
    finding = changes_little({CONFIGURED: run, LONGER: longer})
    evidence = f"{finding.evidence} at {run.limit}{_nearest(len(pairs))}"
    return replace(finding, evidence=evidence)


def _no_weaker_at_any_limit(check: str, pairs: Sequence[tuple[Run, Run]]) -> Finding:
    """Take the limit at which an attack is weaker than another, or nearest to it."""
    judged = {run.eps: no_weaker(check, run, other) for run, other in pairs}
    failed = {eps: finding for eps, finding in judged.items() if finding.verdict == "fail"}
    run, _ = max(
        (pair for pair in pairs if pair[0].eps in (failed or judged)),
        key=lambda pair: pair[0].accuracy - pair[1].accuracy,
    )
    finding = judged[run.eps]
    return replace(finding, evidence=f"{finding.evidence}{_nearest(len(pairs))}")


def _nearest(limits: int) -> str:
    return f", the nearest of {limits} limits" if limits > 1 else ""


def masks_gradients(found: Mapping[str, Sequence[Finding]]) -> bool:
    """Return whether a defence masks its gradients: no iterative attack on it can be trusted.

    Parameters
    ----------
    found
        For each attack its findings. An attack can be trusted if without a bound it leaves nothing
        correct, and neither a black box nor a transfer attack finds more.
    """
    judged = [
        [finding.verdict for finding in of_attack if finding.check in TELLING]
        for of_attack in found.values()
    ]
    judged = [verdicts for verdicts in judged if "pass" in verdicts or "fail" in verdicts]
    return bool(judged) and all("fail" in verdicts for verdicts in judged)
