"""A detector that transplants stretches of recordings into others."""

import numpy as np
import torch
from torch import nn

from mishear.core.errors import UserError
from mishear.core.random_streams import stream
from mishear.poisoning.detectors.evidence import BATCH, Detection, Evidence
from mishear.runtime.batching import in_batches


class StretchTransplants:
    """Flag recordings that make others be classified as their label.

    Two signs of a trigger are tested on recordings drawn among those with other labels. Each is
    measured by the mean probability of the recording's own label:

    - a stretch of time of the recording is transplanted into the others, in the manner of
      SentiNet (Chou, Tramer, Pellegrino, 2018); the most effective stretch counts. A part of a
      spoken word transfers its class less well than a trigger, which is made to;
    - the recording is mixed with the others made much louder, in the manner of STRIP (Gao et al.,
      2019). This masks its speech, but not a trigger at a time when the others are silent.

    The score is the product of both, between 0 and 1. Levels are added, so inputs must be in dB;
    other front ends are refused.

    Parameters
    ----------
    length
        Length of a stretch as a share of the input; a trigger should fit into it. Stretches
        overlap by half.
    partners
        Number of other recordings that each is tested on.
    louder_db
        By how much the others are louder when they mask a recording, dB.
    threshold
        Score at which a recording is flagged.
    """

    unit = "dB"

    def __init__(
        self,
        length: float = 1 / 6,
        partners: int = 4,
        louder_db: float = 20.0,
        threshold: float = 0.4,
    ):
        self.length = length
        self.partners = partners
        self.louder_db = louder_db
        self.threshold = threshold

    def detect(self, evidence: Evidence) -> Detection:
        partners = other_labels(evidence.labels, self.partners, evidence.seed)
        scores = np.zeros(len(evidence))

        def try_on_partners(part: slice) -> None:
            positions = np.arange(*part.indices(len(evidence)))
            own = torch.from_numpy(evidence.inputs(positions)).to(evidence.device)
            label = torch.from_numpy(evidence.labels[positions]).to(evidence.device)
            stretches = self._stretches(own.shape[-1], evidence.device)
            effects = torch.zeros(len(stretches), len(own), device=evidence.device)
            masked = torch.zeros(len(own), device=evidence.device)
            for chosen in partners[:, part]:
                other = torch.from_numpy(evidence.inputs(chosen)).to(evidence.device)
                for effect, stretch in zip(effects, stretches, strict=True):
                    transplanted = torch.where(stretch, own, other)
                    effect += probability_of(evidence.victim, transplanted, label)
                mixed = add_decibels(own, other + self.louder_db)
                masked += probability_of(evidence.victim, mixed, label)
            product = effects.amax(0) * masked / self.partners**2
            scores[part] = product.cpu().numpy()

        with torch.inference_mode():
            in_batches(try_on_partners, len(evidence), BATCH)
        return Detection(scores, scores >= self.threshold)

    def _stretches(self, frames: int, device: torch.device) -> list[torch.Tensor]:
        """List for each stretch which frames are in it, bool."""
        width = max(round(self.length * frames), 2)
        numbers = torch.arange(frames, device=device)
        starts = range(0, max(frames - width // 2, 1), width // 2)
        return [(numbers >= start) & (numbers < start + width) for start in starts]


def probability_of(victim: nn.Module, inputs: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """Compute the probability of one class for each input, shape (recordings,)."""
    return victim(inputs).softmax(1).gather(1, label[:, None])[:, 0]


def add_decibels(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Compute the level of two sounds together, from spectrograms of their power in dB."""
    return 10 * torch.log10(10 ** (one / 10) + 10 ** (other / 10))


def other_labels(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Draw for each recording positions of some with another label, shape (count, recordings).

    Raises
    ------
    UserError
        If all have the same label.
    """
    drawn = np.empty((count, len(labels)), int)
    for label in np.unique(labels):
        others = np.flatnonzero(labels != label)
        if not len(others):
            raise UserError("All training recordings have the same label: nothing to compare.")
        members = np.flatnonzero(labels == label)
        random = stream(seed, "transplants", str(label))
        drawn[:, members] = random.choice(others, (count, len(members)))
    return drawn
