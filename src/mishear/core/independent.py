"""The difference of two proportions that were measured independently."""

from math import hypot


def independent_difference(
    first: tuple[float, float, float], second: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Compute a difference with its 95 % interval from the intervals of both proportions.

    Each limit is as far from the difference as the distances of the two limits that make it, added
    in squares (Newcombe 1998, Statistics in Medicine 17, method 10; for intervals of any kind Zou
    and Donner 2008, Statistics in Medicine 27). Where the two were measured on the same recordings
    and are alike, the interval is wider than it need be.

    Parameters
    ----------
    first, second
        Value, lower and upper limit of each.

    Returns
    -------
    difference, low, high : float
        The first minus the second.
    """
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    difference = a - b
    low = difference - hypot(a - a_low, b_high - b)
    high = difference + hypot(a_high - a, b - b_low)
    return difference, max(low, -1.0), min(high, 1.0)
