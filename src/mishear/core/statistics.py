"""Proportions with their intervals."""

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


def proportion(name: str, stem: str, count: int, n: int) -> dict[str, float | None]:
    """Give a proportion and the limits of its 95 % Wilson interval as columns of a table.

    Parameters
    ----------
    name, stem
        Name of the proportion's column, and what the names of its limits begin with.
    count, n
        Successes and trials; without trials the columns are None.
    """
    if not n:
        return dict.fromkeys((name, f"{stem}_low", f"{stem}_high"))
    low, high = wilson_interval(count, n)
    return {name: count / n, f"{stem}_low": low, f"{stem}_high": high}


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
        """Return whether a value lies within the interval."""
        return self.low <= value <= self.high
