"""Findings: what each check of an attack compares, and whether a defence masks its gradients."""

import math
from collections.abc import Mapping, Sequence

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
from mishear.evaluation.checks.verdicts import (
    CANNOT_TELL,
    Comparison,
    Excess,
    Finding,
    Paired,
    Shrinkage,
    not_applicable,
)

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
_BASELINES = {
    NO_WEAKER[ONE_STEP]: "one step",
    NO_WEAKER[NOISE]: "random noise",
    TRANSFER: "the transfer attack",
}
"""What an attack is compared with, in the evidence."""
PASSES_UNIT_TEST = "passes the attack unit test"
FINDS_PLANTED = "finds examples planted in the victim"

_NORMS = {"linf": "L∞", "l2": "L2"}
"""Norms in which the sizes of changes are recorded, in the evidence."""

Found = Finding | Comparison


def no_weaker(check: str, run: Run, other: Run, tries: int = 1) -> Paired:
    """Check that an attack is no weaker than another on the recordings that both attacked."""
    spent = f" ({other.note})" if other.note else ""
    evidence = (
        f"accuracy {run.accuracy:.3f}, under {_BASELINES[check]} {other.accuracy:.3f}{spent}, "
        f"at {run.limit}"
    )
    return _paired(check, run, other, evidence, tries)


def no_weaker_than_black_box(run: Run, black_box: Run | None) -> Excess:
    """Check how many of the recordings that an attack left correct a black box breaks."""
    check = NO_WEAKER[BLACK_BOX]
    left = {name for name, correct in run.correct_adversarial.items() if correct}
    after = black_box.correct_adversarial if black_box else {}
    tried = left & after.keys()
    broke = sum(not after[name] for name in tried)
    spent = f" ({black_box.note})" if black_box and tried else ""
    evidence = f"the attack left {len(left)} of {run.n} recordings correct"
    if tried:
        evidence += f"; of the {len(tried)} that the black box was run on, it broke {broke}{spent}"
    return Excess(check, run.n, evidence, broke)


def falls_with_eps(runs: Sequence[Run]) -> Found:
    """Check that a larger eps never leaves more recordings correct, beyond chance.

    Parameters
    ----------
    runs
        One attack's evaluations at several eps.
    """
    runs = sorted(runs, key=lambda run: run.size)
    if len(runs) < 2:
        return not_applicable(FALLS_WITH_EPS, "only one eps was run")
    lowest, pairs = runs[0], []
    for run in runs[1:]:
        pairs.append((run, lowest))
        lowest = min(lowest, run, key=lambda each: each.accuracy)
    first, last = runs[0], runs[-1]
    judged = []
    for run, low in pairs:
        before, after = f"{low.accuracy:.3f} at {low.limit}", f"{run.accuracy:.3f} at {run.limit}"
        evidence = (
            f"accuracy {first.accuracy:.3f} at {first.limit}, {last.accuracy:.3f} at {last.limit}"
        )
        if run.accuracy > low.accuracy:
            evidence = f"accuracy rises from {before} to {after}"
        elif len(pairs) > 1:
            evidence += f"; closest to a rise: {before}, then {after}"
        judged.append(_paired(FALLS_WITH_EPS, run, low, evidence, len(pairs)))
    return _worst(judged)


def reaches_zero(runs: Mapping[str, Run]) -> Found:
    """Check that an iterative attack without a bound leaves nothing correct."""
    run = runs.get(UNBOUNDED)
    if run is None and math.isinf(runs[CONFIGURED].eps):
        run = runs[CONFIGURED]
    if run is None:
        return not_applicable(REACHES_ZERO, "not iterative")
    return Excess(REACHES_ZERO, run.n, f"{run.left} of {run.n} recordings still correct", run.left)


def changes_little(runs: Mapping[str, Run]) -> Found:
    """Check that more iterations find little more, or for no limit, little smaller changes."""
    if LONGER not in runs:
        return not_applicable(CHANGES_LITTLE, "not iterative")
    run, longer = runs[CONFIGURED], runs[LONGER]
    if math.isinf(run.eps):
        return _shrinks_little(run, longer)
    evidence = f"accuracy {run.accuracy:.3f}, then {longer.accuracy:.3f} ({longer.note})"
    return _paired(CHANGES_LITTLE, run, longer, evidence, tolerant=True)


def _shrinks_little(run: Run, longer: Run) -> Found:
    if run.norm not in _NORMS:
        return not_applicable(CHANGES_LITTLE, f"sizes in the norm {run.norm} are not recorded")
    names = [name for name in run.correct_clean if name in run.sizes or name in longer.sizes]
    if not names:
        return not_applicable(CHANGES_LITTLE, "no success whose size could be compared")
    pairs = [(run.sizes.get(name, math.inf), longer.sizes.get(name, math.inf)) for name in names]
    changes = tuple(_reduction(before, after) for before, after in pairs)
    before, after = (sorted(sizes)[len(sizes) // 2] for sizes in zip(*pairs, strict=True))
    smaller = sum(change > 0.05 for change in changes)
    evidence = (
        f"median change {run.in_unit(before)} ({_NORMS[run.norm]}), then {run.in_unit(after)} "
        f"({longer.note}); more than 5 % smaller on {smaller} of {len(changes)} recordings"
    )
    return Shrinkage(CHANGES_LITTLE, len(changes), evidence, changes)


def _reduction(before: float, after: float) -> float:
    """Return the relative reduction of a size; infinite stands for none found."""
    if before == after:
        return 0.0
    if math.isinf(before):
        return 1.0
    return -1.0 if math.isinf(after) else 1 - after / before


def passes_unit_test(run: Run | None) -> Found:
    """Check that an attack breaks every recording of its unit test."""
    if run is None:
        return not_applicable(PASSES_UNIT_TEST, "the range of the inputs leaves no room for it")
    evidence = (
        f"{run.n - run.left} of {run.n} recordings misclassified; all of them can be within "
        f"{run.limit}"
    )
    return Excess(PASSES_UNIT_TEST, run.n, evidence, run.left)


def finds_planted(runs: Mapping[str, Run]) -> Found:
    """Check that an attack finds the examples that are planted in the defended victim."""
    run, sampled = runs.get(PLANTED), runs.get(SAMPLED)
    if run is None or sampled is None:
        reason = "nothing could be planted: needs a last layer that is linear, and L2 or L-infinity"
        return not_applicable(FINDS_PLANTED, reason)
    at_random = sampled.n - sampled.left
    evidence = (
        f"{run.n - run.left} of {run.n} planted examples found within {run.limit}, {at_random} by "
        f"random search"
    )
    if at_random > sampled.left:
        return Finding(FINDS_PLANTED, CANNOT_TELL, run.n, f"{evidence}: too easy a test")
    return Excess(FINDS_PLANTED, run.n, evidence, run.left)


def findings(
    runs: Mapping[str, Run],
    baselines: Mapping[str, Run],
    evaluations: Sequence[Run],
    transfers: Mapping[float, Run],
) -> list[Found]:
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

    Returns
    -------
    list
        Findings and comparisons, whose verdicts :func:`~mishear.evaluation.checks.verdicts.decided`
        gives.
    """
    found = [falls_with_eps(evaluations), reaches_zero(runs), changes_little(runs)]
    found += _against_baselines(runs, baselines)
    pairs = [(each, transfers[each.eps]) for each in evaluations if each.eps in transfers]
    if pairs:
        found.append(_worst([no_weaker(TRANSFER, *pair, len(pairs)) for pair in pairs]))
    return [*found, passes_unit_test(runs.get(UNIT_TEST)), finds_planted(runs)]


def _against_baselines(runs: Mapping[str, Run], baselines: Mapping[str, Run]) -> list[Found]:
    run, eps = runs[CONFIGURED], baselines[NOISE].eps
    if not is_compared(runs, eps):
        reason = f"only for iterative attacks with an L∞ eps of {eps:g}"
        return [not_applicable(check, reason) for check in NO_WEAKER.values()]
    return [
        no_weaker(NO_WEAKER[ONE_STEP], run, baselines[ONE_STEP]),
        no_weaker(NO_WEAKER[NOISE], run, baselines[NOISE]),
        no_weaker_than_black_box(run, baselines.get(BLACK_BOX)),
    ]


def is_compared(runs: Mapping[str, Run], eps: float) -> bool:
    """Return whether an attack is compared with the baselines, which are in L-infinity at an eps.

    Parameters
    ----------
    runs
        Of the attack, by name.
    eps
        Of the baselines.
    """
    run = runs[CONFIGURED]
    return LONGER in runs and (run.eps, run.norm) == (eps, "linf")


def waveform_findings(
    runs: Sequence[Run], one_step: Mapping[float, Run], longer: Mapping[float, Run]
) -> list[Found]:
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
        judged = []
        for run, more in pairs:
            before = run.of(more)
            evidence = (
                f"accuracy {before.accuracy:.3f}, then {more.accuracy:.3f} ({more.note}), at "
                f"{run.limit}{_nearest(len(pairs))}"
            )
            judged.append(_paired(CHANGES_LITTLE, before, more, evidence, len(pairs), True))
        found.append(_worst(judged))
    if pairs := [(run, one_step[run.eps]) for run in runs if run.eps in one_step]:
        check = NO_WEAKER[ONE_STEP]
        evidence = [
            f"accuracy {run.accuracy:.3f}, under one step {other.accuracy:.3f}, at {run.limit}"
            f"{_nearest(len(pairs))}"
            for run, other in pairs
        ]
        both = zip(pairs, evidence, strict=True)
        found.append(_worst([_paired(check, *pair, text, len(pairs)) for pair, text in both]))
    return found


def _paired(
    check: str, run: Run, other: Run, evidence: str, tries: int = 1, tolerant: bool = False
) -> Paired:
    this, that = run.correct_adversarial, other.correct_adversarial
    common = this.keys() & that.keys()
    weaker = sum(this[name] and not that[name] for name in common)
    stronger = sum(that[name] and not this[name] for name in common)
    return Paired(check, len(common), evidence, weaker, stronger, tries, tolerant)


def _worst(judged: Sequence[Paired]) -> Paired:
    """Take the comparison that is nearest to a failure."""
    return min(judged, key=lambda each: (each.p, (each.stronger - each.weaker) / each.n))


def _nearest(limits: int) -> str:
    return f", of {limits} limits the closest to a failure" if limits > 1 else ""
