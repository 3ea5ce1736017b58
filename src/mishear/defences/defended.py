"""A victim behind defences, as attacks and evaluations see it."""

from collections.abc import Sequence

import torch
from torch import nn

from mishear.core.errors import UserError
from mishear.core.random_streams import derived_seed
from mishear.defences.base import Defence


class NoScore(UserError):
    """A victim gives NaN as a score, so that it predicts no class.

    Attributes
    ----------
    row : int
        The first recording of the batch for which it does.
    """

    def __init__(self, row: int):
        super().__init__(
            f"The victim gives NaN as a score for recording {row + 1} of a batch. Look for a "
            f"logarithm of 0, a division by 0, or weights that are not finite."
        )
        self.row = row


class DefendedVictim(nn.Module):
    """Put defences before a victim.

    Parameters
    ----------
    victim
        In evaluation mode.
    defences
        Applied in this order; may be empty.
    """

    knows_recordings = False

    def __init__(self, victim: nn.Module, defences: Sequence[Defence] = ()):
        super().__init__()
        self.defences = nn.ModuleList(defences)
        self.network = victim
        self.behind = nn.Sequential(*defences, victim)
        self.votes = max((defence.votes for defence in defences), default=1)
        random = [defence for defence in defences if defence.gradient == "eot"]
        self.is_random = bool(random)
        self.gradient_samples = max((defence.gradient_samples for defence in random), default=1)

    def part(self, rows: torch.Tensor) -> "DefendedVictim":
        """Return the victim of some recordings of a batch: the same for all."""
        return self

    def routes(self) -> list["DefendedVictim"]:
        """Return the victim once for each way in which its gradient is computed.

        The k-th uses the k-th surrogate of every defence, or its last.
        """
        routes = max((len(defence.surrogates()) for defence in self.defences), default=1)
        if routes < 2:
            return [self]
        return [
            self.behind_others([defence.routed(number) for defence in self.defences])
            for number in range(routes)
        ]

    def behind_others(self, defences: Sequence[Defence]) -> "DefendedVictim":
        """Return the victim behind other defences, in evaluation mode."""
        return DefendedVictim(self.network, defences).eval()

    def forward(self, spectrograms: torch.Tensor) -> torch.Tensor:
        """Compute logits of shape (recordings, classes).

        With a randomised defence they are the log of the mean probability over several draws, up
        to a constant.
        """
        if not self.is_random:
            return self.behind(spectrograms)
        draws = [self.behind(spectrograms).log_softmax(1) for _ in range(self.gradient_samples)]
        return torch.stack(draws).logsumexp(0)

    @torch.inference_mode()
    def predict(self, spectrograms: torch.Tensor, seed: int) -> torch.Tensor:
        """Predict the class of each recording, as numbers of shape (recordings,).

        Parameters
        ----------
        spectrograms
            Shape (recordings, 1, ...).
        seed
            Seed of randomised defences, whose stream is one of its own: an attack with the same
            seed does not know the draws by which it is judged. Torch's own random state is left
            as it was.

        Raises
        ------
        NoScore
            If a score is NaN.
        """
        if not self.is_random:
            logits = self.behind(spectrograms)
            _check_scores(logits.isnan().any(1))
            return logits.argmax(1)
        with torch.random.fork_rng():
            torch.manual_seed(derived_seed(seed, "prediction"))
            return count_votes(self.behind, spectrograms, self.votes).argmax(1)


def count_votes(model: nn.Module, spectrograms: torch.Tensor, draws: int) -> torch.Tensor:
    """Count how often each class is predicted in several draws, shape (recordings, classes).

    Raises
    ------
    NoScore
        If a score is NaN.
    """
    counts = None
    for _ in range(draws):
        logits = model(spectrograms)
        if counts is None:
            counts = torch.zeros_like(logits, dtype=torch.int64)
            missing = torch.zeros(len(logits), dtype=torch.bool, device=logits.device)
        missing |= logits.isnan().any(1)
        counts[torch.arange(len(logits)), logits.argmax(1)] += 1
    _check_scores(missing)
    return counts


def _check_scores(missing: torch.Tensor) -> None:
    """Refuse NaN, which ``argmax`` takes for the largest score; a GPU is waited for here."""
    if missing.any():
        raise NoScore(int(missing.int().argmax()))
