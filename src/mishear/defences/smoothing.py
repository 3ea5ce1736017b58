"""Randomised smoothing."""

import torch

from mishear.defences.base import Defence


class RandomisedSmoothing(Defence):
    """Predict the majority class under Gaussian noise (Cohen et al. 2019).

    Its robustness can be certified, see :mod:`mishear.evaluation.certificates`. It needs a victim
    that was trained on such noise.

    Parameters
    ----------
    sigma
        Standard deviation of the noise, in the unit of the front end.
    votes
        Draws of which a prediction is the majority.
    gradient_samples
        Draws over which an adaptive attack's gradient is the mean (Salman et al. 2019).
    """

    gradient = "eot"

    def __init__(
        self,
        bounds: tuple[float, float],
        sigma: float = 3.0,
        votes: int = 64,
        gradient_samples: int = 8,
    ):
        super().__init__(bounds)
        if sigma <= 0 or votes < 1 or gradient_samples < 1:
            raise ValueError("sigma must be above 0, votes and gradient_samples at least 1")
        self.sigma, self.votes, self.gradient_samples = sigma, votes, gradient_samples

    def transform(self, spectrograms: torch.Tensor) -> torch.Tensor:
        return spectrograms + self.sigma * torch.randn_like(spectrograms)
