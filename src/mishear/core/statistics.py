"""Statistics of shares: intervals, and an accuracy with its own."""

from dataclasses import dataclass


def wilson_interval(correct: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share (``scipy.stats.binomtest``).

    Parameters
    ----------
    correct, n
        Successes and trials; ``n`` is at least 1.
    confidence
        Confidence level.
    """
    from scipy.stats import binomtest

    interval = binomtest(correct, n).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def lower_bound(correct: int, n: int, confidence: float) -> float:
    """One-sided Clopper-Pearson lower bound of a share (``scipy.stats.binomtest``)."""
    from scipy.stats import binomtest

    interval = binomtest(correct, n, alternative="greater").proportion_ci(confidence, "exact")
    return float(interval.low)


@dataclass(frozen=True)
class Measured:
    """An accuracy with its 95 % Wilson interval.

    Over several seeds it is their mean, and the interval runs from the lowest lower to the
    highest upper limit of the seeds.
    """

    accuracy: float
    low: float
    high: float
    n: int
    seeds: int = 1

    def contains(self, value: float) -> bool:
        """Whether a value lies within the interval."""
        return self.low <= value <= self.high
