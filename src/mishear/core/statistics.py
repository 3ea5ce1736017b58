"""Proportions with their intervals: of one victim, over several victims, and their differences.

What is said of a recipe is about victims that were not trained and recordings that were not made.
Victims of different seeds are tested on the same recordings, so the two are crossed, and both add
variance, see :mod:`mishear.core.variance`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mishear.core.variance import Z, squared_half_width, squared_half_width_of_speakers

if TYPE_CHECKING:
    import numpy as np


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


def over_victims(
    correct: "np.ndarray", speakers: "np.ndarray | None" = None
) -> tuple[float, float, float]:
    """Compute the mean of a proportion over victims and recordings with its 95 % interval.

    The squared half-width is t² times the variance that the victims add to the mean plus z² times
    the variance that the recordings add, where t has as many degrees of freedom as there are
    victims, less one (as in Cochran 1964, Biometrics 20). It is at least that of the recordings
    alone. The interval is Wilson's at the number of independent recordings for which a mean has
    that half-width. In simulations of 3 to 10 victims and 60 to 2,400 recordings it contains the
    true mean in 92.5 to 99 % of the studies (``benchmarks/coverage.py``).

    Parameters
    ----------
    correct
        Of bool, shape (victims, recordings).
    speakers
        Who speaks in each recording, shape (recordings,), where the interval is about speakers that
        were not recorded, see :func:`over_victims_of`.

    Returns
    -------
    mean, low, high : float
        With one victim the interval is Wilson's, of this victim alone.
    """
    import numpy as np

    return over_victims_of(correct, np.ones_like(correct), speakers)


def over_victims_of(
    hits: "np.ndarray", trials: "np.ndarray", speakers: "np.ndarray | None" = None
) -> tuple[float, float, float]:
    """Compute a rate over victims and recordings that are not the same for every victim.

    It is the number of successes over the number of trials, linearised (Cochran 1977, "Sampling
    Techniques", chapter 6), with the interval of :func:`over_victims`.

    With ``speakers`` the recordings of one speaker are a cluster (Cochran, chapter 9): the variance
    that recordings add is that of the speakers' totals, with t of as many degrees of freedom as
    there are speakers, less one. The half-width is at least that without speakers. In simulations
    of 3 to 10 victims and 6, 12 and 60 speakers the interval contains the true rate in 91.5 to 99 %
    of the studies (``benchmarks/coverage.py``); with one victim, 6 speakers and accuracies above .9
    in 89 %.

    Parameters
    ----------
    hits, trials
        Of bool, shape (victims, recordings): successes, and where one was possible.
    speakers
        Who speaks in each recording, shape (recordings,); None where the rate is about recordings
        of these speakers only. A single speaker is the same as None.

    Raises
    ------
    ValueError
        If there are no trials.
    """
    if not trials.any():
        raise ValueError("there are no trials")
    victims = len(trials)
    rate = float((hits & trials).sum() / trials.sum())
    residuals = ((hits & trials) - rate * trials) / trials.mean()
    clustered = squared_half_width_of_speakers(residuals, speakers)
    if victims == 1 and clustered == 0:
        return rate, *wilson_interval(int((hits & trials).sum()), int(trials.sum()))
    squared = clustered if victims == 1 else max(squared_half_width(residuals), clustered)
    worth = float(trials.sum() / victims)
    if 0 < rate < 1 and squared > 0:
        worth = min(rate * (1 - rate) * Z**2 / squared, float(trials.sum()))
    return rate, *_wilson(rate, worth)


def over_counts(correct: "np.ndarray", n: "np.ndarray") -> tuple[float, float, float]:
    """Compute a mean over victims of which only counts are known, with its 95 % interval.

    As :func:`over_victims`, with the largest variance that the recordings can add: that of
    victims which all fail on the same recordings.

    Parameters
    ----------
    correct, n
        Successes and trials of each victim, shape (victims,).
    """
    import numpy as np
    from scipy.stats import t

    shares, victims = correct / n, len(n)
    mean = float(shares.mean())
    if victims == 1:
        return mean, *wilson_interval(int(correct[0]), int(n[0]))
    recordings = float(np.mean(n))
    squared = t.ppf(0.975, victims - 1) ** 2 * shares.var(ddof=1) / victims
    squared += Z**2 * mean * (1 - mean) / recordings
    worth = recordings if squared == 0 else min(mean * (1 - mean) * Z**2 / squared, recordings)
    return mean, *_wilson(mean, worth)


def paired_difference(
    first: "np.ndarray", second: "np.ndarray", speakers: "np.ndarray | None" = None
) -> tuple[float, float, float]:
    """Compute the difference of two proportions, paired over victims and recordings.

    The half-width is that of :func:`over_victims` for the differences, to which the limit of
    Wilson's interval for no difference among these recordings is added in squares.

    Parameters
    ----------
    first, second
        Of bool, shape (victims, recordings): the same seeds and recordings in the same order.
    speakers
        Who speaks in each recording, shape (recordings,), as in :func:`over_victims_of`.

    Returns
    -------
    difference, low, high : float
        The first minus the second, with its 95 % interval.
    """
    import numpy as np

    if first.shape != second.shape:
        raise ValueError("the victims or the recordings of the two are not the same")
    victims, recordings = first.shape
    differences = first.astype(np.float64) - second
    mean = float(differences.mean())
    if victims > 1:
        squared = squared_half_width(differences)
    else:
        squared = Z**2 * float(differences.var()) / recordings
    squared = max(squared, squared_half_width_of_speakers(differences - mean, speakers))
    half = float(np.hypot(np.sqrt(squared), Z**2 / (recordings + Z**2)))
    return mean, max(mean - half, -1.0), min(mean + half, 1.0)


def over_intervals(
    values: "np.ndarray", low: "np.ndarray", high: "np.ndarray"
) -> tuple[float, float, float]:
    """Compute a mean over victims of which each has an interval of its own over recordings.

    Each limit is as far from the mean as Student's t interval of the values and the mean distance
    of the victims' own limits, added in squares. This is for numbers that are no proportions.

    Parameters
    ----------
    values, low, high
        The value of each victim with its 95 % interval, shape (victims,), finite.

    Returns
    -------
    mean, low, high : float
        With one victim the interval is its own.
    """
    import numpy as np
    from scipy.stats import t

    victims, mean = len(values), float(np.mean(values))
    between = 0.0
    if victims > 1:
        between = float(t.ppf(0.975, victims - 1) * np.std(values, ddof=1) / victims**0.5)
    below, above = float(np.mean(values - low)), float(np.mean(high - values))
    return mean, mean - float(np.hypot(between, below)), mean + float(np.hypot(between, above))


def median_interval(
    values: "np.ndarray", speakers: "np.ndarray | None" = None
) -> tuple[float, float]:
    """Compute the 95 % interval of a median from order statistics (``scipy.stats.quantile_test``).

    With ``speakers`` it reaches at least to the values between which the interval of
    :func:`over_victims_of` for the fraction of values up to the median lies (Woodruff 1952, J. Am.
    Stat. Assoc. 47).

    Parameters
    ----------
    values
        Shape (n,), may be infinite.
    speakers
        Who speaks in each recording, shape (n,), as in :func:`over_victims_of`.

    Returns
    -------
    low, high : float
        Infinite, and minus infinite, where there are too few values for a limit.
    """
    import numpy as np
    from scipy.stats import quantile_test

    interval = quantile_test(values, p=0.5).confidence_interval(0.95)
    low, high = float(interval.low), float(interval.high)
    low, high = (-np.inf if np.isnan(low) else low), (np.inf if np.isnan(high) else high)
    if speakers is None:
        return low, high
    up_to_median = values <= np.quantile(values, 0.5, method="inverted_cdf")
    limits = over_victims_of(up_to_median[None], np.ones_like(up_to_median)[None], speakers)[1:]
    lowest, highest = np.quantile(values, limits, method="inverted_cdf").tolist()
    return min(low, lowest), max(high, highest)


def _wilson(mean: float, n: float) -> tuple[float, float]:
    """Return Wilson's interval for a number of trials that need not be whole."""
    centre = (mean + Z**2 / 2 / n) / (1 + Z**2 / n)
    half = Z * (mean * (1 - mean) / n + Z**2 / 4 / n**2) ** 0.5 / (1 + Z**2 / n)
    return min(max(centre - half, 0.0), mean), max(min(centre + half, 1.0), mean)


@dataclass(frozen=True)
class Measured:
    """An accuracy with its 95 % interval.

    Over several seeds it is their mean, and the interval is one over victims and recordings, see
    :func:`over_victims`. With one seed it is Wilson's, of this victim alone.

    Attributes
    ----------
    n
        How many recordings it is measured on.
    seeds
        How many victims were trained.
    lowest, highest
        The victims' own accuracies with the worst and the best seed; None where not known.
    """

    accuracy: float
    low: float
    high: float
    n: int
    seeds: int = 1
    lowest: float | None = None
    highest: float | None = None

    def contains(self, value: float) -> bool:
        """Return whether a value lies within the interval."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Difference:
    """A difference of two accuracies with its 95 % interval, see :func:`paired_difference`."""

    value: float
    low: float
    high: float
