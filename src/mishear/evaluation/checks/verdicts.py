"""Verdicts: what a check shows, how small a difference it sees, and correction for many of them.

A comparison estimates how much more accuracy an attack leaves than one it should not be weaker
than. It is a failure where that difference is significantly above 0, no failure where it is shown
to be smaller than the margin, and otherwise cannot tell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import sqrt
from typing import Literal

SIGNIFICANCE = 0.05
"""False discovery rate of failures; level of each test that a difference is below the margin."""
MARGIN = 0.05
"""A difference of accuracy, or a relative change of size, that must not be missed."""
LUCK = 0.01
"""Proportion of recordings on which a sound attack may fail although there is something to find."""
POWER = 0.8
"""Probability with which a difference that a comparison sees is called a failure."""

FAILURE = "failure"
NO_FAILURE = "no failure found"
CANNOT_TELL = "cannot tell"
NOT_APPLICABLE = "not applicable"
Verdict = Literal["failure", "no failure found", "cannot tell", "not applicable"]


@dataclass(frozen=True)
class Finding:
    """One check of one attack.

    Attributes
    ----------
    check : str
    verdict : str
    n : int
        Number of recordings; 0 where the check was not made.
    evidence : str
        The numbers that the verdict rests on.
    p : float or None
        Probability of so large a difference if there is none, corrected for all comparisons of
        the study.
    sees : float or None
        Smallest difference that would be called a failure with a probability of 80 %.
    """

    check: str
    verdict: Verdict
    n: int
    evidence: str
    p: float | None = None
    sees: float | None = None


def not_applicable(check: str, reason: str) -> Finding:
    """Return the finding of a check that was not made."""
    return Finding(check, NOT_APPLICABLE, 0, reason)


@dataclass(frozen=True)
class Comparison:
    """A check whose verdict depends on how many comparisons the study makes.

    Attributes
    ----------
    check, n, evidence
        See :class:`Finding`.
    """

    check: str
    n: int
    evidence: str

    @cached_property
    def p(self) -> float:
        """Probability of so large a difference if there is none."""
        raise NotImplementedError

    @cached_property
    def is_small(self) -> bool:
        """Whether the difference is shown to be below the margin."""
        raise NotImplementedError

    @property
    def small_is_harmless(self) -> bool:
        """Whether a difference below the margin is no failure, however certain it is."""
        return False

    def sees(self, level: float) -> float | None:
        """Return the smallest difference that a test at a level sees; None if there is none."""
        raise NotImplementedError


@dataclass(frozen=True)
class Paired(Comparison):
    """An attack compared with another on the same recordings.

    Attributes
    ----------
    weaker, stronger : int
        Recordings that the attack left correct and the other did not, and the reverse.
    tries : int
        Pairs of which this is the worst.
    tolerant : bool
        See :attr:`Comparison.small_is_harmless`.
    """

    weaker: int = 0
    stronger: int = 0
    tries: int = 1
    tolerant: bool = False

    @cached_property
    def p(self) -> float:
        """Of the one-sided sign test, times the pairs of which this is the worst."""
        return min(1.0, self.tries * sign_test(self.weaker, self.stronger))

    @cached_property
    def is_small(self) -> bool:
        """Tango's score test of non-inferiority (1998, Statistics in Medicine 17) at the margin."""
        from scipy.stats import norm

        b, c, n, margin = self.weaker, self.stronger, self.n, MARGIN
        linear = (2 * n - b + c) * margin - b - c
        constant = c * margin * (1 - margin)
        q = (sqrt(linear**2 + 8 * n * constant) - linear) / (4 * n)
        score = (b - c - n * margin) / sqrt(n * (2 * q + margin * (1 - margin)))
        return bool(norm.cdf(score) < SIGNIFICANCE)

    @property
    def small_is_harmless(self) -> bool:
        return self.tolerant

    def sees(self, level: float) -> float | None:
        """Take the rate at which both differ either way from the rarer of the two differences."""
        either_way = min(self.weaker, self.stronger)
        return _seen_by_sign_test(self.n, either_way, level / self.tries)


@dataclass(frozen=True)
class Excess(Comparison):
    """Recordings on which an attack failed although there was something to find.

    Attributes
    ----------
    count : int
        How many.
    """

    count: int = 0

    @cached_property
    def p(self) -> float:
        """Of the exact binomial test that the proportion is at most ``LUCK``."""
        return _binomial(self.count, self.n, LUCK, "greater")

    @cached_property
    def is_small(self) -> bool:
        """Whether the upper Clopper-Pearson limit of the proportion is below the margin."""
        return _binomial(self.count, self.n, MARGIN, "less") < SIGNIFICANCE

    def sees(self, level: float) -> float | None:
        return _seen_by_binomial_test(self.n, level)


@dataclass(frozen=True)
class Shrinkage(Comparison):
    """Sizes of changes that more iterations made smaller.

    Attributes
    ----------
    changes : tuple of float
        For each recording the relative reduction of the size.
    """

    changes: tuple[float, ...] = ()

    @property
    def shrunk(self) -> int:
        """Recordings whose size was reduced by more than the margin."""
        return sum(change > MARGIN for change in self.changes)

    @cached_property
    def p(self) -> float:
        """Of the sign test that the median reduction is at most the margin."""
        return _binomial(self.shrunk, self.n, 0.5, "greater")

    @cached_property
    def is_small(self) -> bool:
        return _binomial(self.shrunk, self.n, 0.5, "less") < SIGNIFICANCE

    def sees(self, level: float) -> float | None:
        """Take the spread from the reductions seen: the margin and the lower limit's distance."""
        import numpy as np
        from scipy.stats import quantile_test

        test = quantile_test(self.changes, q=MARGIN, p=0.5, alternative="greater")
        low = float(test.confidence_interval(1 - level).low)
        return MARGIN + float(np.median(self.changes)) - low if np.isfinite(low) else None


def sign_test(weaker: int, stronger: int) -> float:
    """Return the p-value of the one-sided exact sign test that "weaker" is no more frequent."""
    return _binomial(weaker, weaker + stronger, 0.5, "greater") if weaker + stronger else 1.0


def decided(found: Sequence[Finding | Comparison]) -> list[Finding]:
    """Give the verdicts of all checks of a study.

    Comparisons are corrected for each other by the false discovery rate (Benjamini and Hochberg
    1995, ``scipy.stats.false_discovery_control``).

    Parameters
    ----------
    found
        Findings, which stay as they are, and comparisons.
    """
    from scipy.stats import false_discovery_control

    ps = [each.p for each in found if isinstance(each, Comparison)]
    corrected = false_discovery_control(ps).tolist() if ps else []
    failures = sum(p < SIGNIFICANCE for p in corrected)
    level = SIGNIFICANCE * max(1, failures) / max(1, len(ps))
    rest = iter(corrected)
    return [
        _decided(each, next(rest), level) if isinstance(each, Comparison) else each
        for each in found
    ]


def _decided(comparison: Comparison, p: float, level: float) -> Finding:
    verdict: Verdict = CANNOT_TELL
    if p < SIGNIFICANCE and not (comparison.small_is_harmless and comparison.is_small):
        verdict = FAILURE
    elif comparison.is_small:
        verdict = NO_FAILURE
    check, n, evidence = comparison.check, comparison.n, comparison.evidence
    return Finding(check, verdict, n, evidence, p, comparison.sees(level))


def _binomial(count: int, n: int, proportion: float, alternative: str) -> float:
    from scipy.stats import binomtest

    return float(binomtest(count, n, proportion, alternative=alternative).pvalue)


@lru_cache(maxsize=4096)
def _seen_by_sign_test(n: int, either_way: int, level: float) -> float | None:
    import numpy as np
    from scipy.stats import binom

    differing = np.arange(n + 1)
    needed = binom.isf(level, differing, 0.5)
    reverse = either_way / n

    def power(difference: float) -> float:
        both = 2 * reverse + difference
        of_differing = binom.sf(needed, differing, (reverse + difference) / both)
        return float(binom.pmf(differing, n, both) @ of_differing)

    return _smallest(power, max(0.0, 1 - 2 * reverse))


@lru_cache(maxsize=4096)
def _seen_by_binomial_test(n: int, level: float) -> float | None:
    from scipy.stats import binom

    needed = binom.isf(level, n, LUCK)
    return _smallest(lambda proportion: float(binom.sf(needed, n, proportion)), 1.0)


def _smallest(power: Callable[[float], float], highest: float) -> float | None:
    """Return where a power that grows reaches ``POWER``, by bisection to a tenth of a point."""
    low, high = 0.0, highest
    if highest <= 0 or power(highest) < POWER:
        return None
    while high - low > 0.0005:
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high
