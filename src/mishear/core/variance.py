"""The variance of a mean over victims and recordings, which are crossed.

It is estimated by a two-way analysis of variance without replication (Searle, Casella and McCulloch
1992, "Variance Components", chapter 4).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Z = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""


def squared_half_width(values: "np.ndarray", of_column: float = Z) -> float:
    """Return the squared half-width of the 95 % interval of a mean over rows and columns.

    Parameters
    ----------
    values
        Shape (victims, columns): of recordings, or totals of speakers.
    of_column
        Quantile for the variance that columns add.
    """
    from scipy.stats import t

    victims, recordings = values.shape
    of_victims, of_recordings = values.mean(1), values.mean(0)
    if victims == 1:
        return of_column**2 * float(of_recordings.var(ddof=1)) / recordings
    quantile = float(t.ppf(0.975, victims - 1))
    between_victims = recordings * float(of_victims.var(ddof=1))
    if recordings == 1:
        return quantile**2 * between_victims / victims
    rest = values - of_victims[:, None] - of_recordings + values.mean()
    error = float((rest**2).sum() / ((victims - 1) * (recordings - 1)))
    between_recordings = victims * float(of_recordings.var(ddof=1))
    squared = quantile**2 * between_victims + of_column**2 * max(between_recordings - error, 0.0)
    return max(squared, of_column**2 * between_recordings) / values.size


def squared_half_width_of_speakers(residuals: "np.ndarray", speakers: "np.ndarray | None") -> float:
    """Return the squared half-width with speakers as clusters; 0 for fewer than two speakers.

    Parameters
    ----------
    residuals
        Values less their mean, shape (victims, recordings).
    speakers
        Who speaks in each recording, shape (recordings,).
    """
    import numpy as np
    from scipy.stats import t

    if speakers is None:
        return 0.0
    names, place = np.unique(speakers, return_inverse=True)
    if len(names) < 2:
        return 0.0
    totals = residuals @ (place[:, None] == np.arange(len(names)))
    quantile = float(t.ppf(0.975, len(names) - 1))
    return squared_half_width(totals * len(names) / residuals.shape[1], quantile)
