"""Attacks on the waveform: the perturbation is added before the front end, and can be played.

An attack changes samples of the active speech; the silence that pads a recording stays silent. It
sees the victim through :class:`PerturbedRecordings`, whose input is the perturbation alone, so that
every attack of the config applies and a small perturbation keeps its precision beside a large
sample.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Attackable, Outcome, Threat
from mishear.attacks.norms import norm_of
from mishear.attacks.running import attack_batch
from mishear.core.errors import UserError
from mishear.features.waveforms import active_speech

log = logging.getLogger(__name__)

Budget = Literal["eps", "snr"]

FULL_SCALE = 1.0
"""Largest absolute value of a sample that can be played."""


class PerturbedRecordings(nn.Module):
    """Map perturbations of some recordings' samples to the victim's logits.

    Parameters
    ----------
    victim
        With its defences, in evaluation mode.
    front_end
        From :func:`mishear.features.front_ends.building.build_front_end`, on the device of
        ``clean``.
    clean
        Shape (recordings, samples), full scale is -1 to 1.
    scale
        Change of each sample by a perturbation of 1, shape (recordings, samples); 0 where the
        recording has to stay silent.
    """

    knows_recordings = True

    def __init__(
        self, victim: Attackable, front_end: nn.Module, clean: torch.Tensor, scale: torch.Tensor
    ):
        super().__init__()
        self.victim, self.front_end = victim, front_end
        self.clean, self.scale = clean, scale

    @property
    def is_random(self) -> bool:
        """Whether the victim's defences draw random numbers."""
        return self.victim.is_random

    def part(self, rows: torch.Tensor) -> "PerturbedRecordings":
        """Return some of the recordings."""
        return PerturbedRecordings(self.victim, self.front_end, self.clean[rows], self.scale[rows])

    def routes(self) -> list["PerturbedRecordings"]:
        """Return the recordings once for each way in which the victim's gradient is computed."""
        return [
            PerturbedRecordings(route, self.front_end, self.clean, self.scale)
            for route in self.victim.routes()
        ]

    def waveforms(self, perturbation: torch.Tensor) -> torch.Tensor:
        """Perturb the recordings within full scale, shape (recordings, samples).

        Parameters
        ----------
        perturbation
            Shape (recordings, 1, 1, samples).
        """
        changed = self.clean + self.scale * perturbation[:, 0, 0]
        return changed.clamp(-FULL_SCALE, FULL_SCALE)

    def spectrograms(self, perturbation: torch.Tensor) -> torch.Tensor:
        """Compute the network's inputs, (recordings, 1, ...)."""
        return self.front_end(self.waveforms(perturbation).unsqueeze(1))

    def forward(self, perturbation: torch.Tensor) -> torch.Tensor:
        """Compute logits of shape (recordings, classes)."""
        return self.victim(self.spectrograms(perturbation))

    @torch.inference_mode()
    def predict(self, perturbation: torch.Tensor, seed: int) -> torch.Tensor:
        """Predict the class of each recording, as numbers of shape (recordings,)."""
        return self.victim.predict(self.spectrograms(perturbation), seed)


@dataclass(frozen=True)
class SampleLimits:
    """Limits of an attack on some recordings, in the unit of :class:`PerturbedRecordings`.

    Attributes
    ----------
    scale : torch.Tensor of shape (recordings, samples)
        Change of each sample by a perturbation of 1.
    eps : float
        Largest perturbation in the attack's norm; infinite: no limit.
    bounds : tuple of float
        Lowest and highest perturbation of one sample.
    """

    scale: torch.Tensor
    eps: float
    bounds: tuple[float, float]


def sample_limits(clean: torch.Tensor, eps: float, budget: Budget, norm: str) -> SampleLimits:
    """Compute the limits of an attack on some recordings.

    Parameters
    ----------
    clean
        Shape (recordings, samples).
    eps
        Largest perturbation: fractions of full scale in ``norm``, or with ``budget: snr`` the
        lowest signal-to-noise ratio in dB.
    budget
        ``snr`` gives each recording a limit of its own, from the energy of its active speech,
        which is all that is changed. In the L2 norm the limit is the perturbation of the given
        ratio. In L-infinity it is the root mean square of that perturbation, so that no
        perturbation within it exceeds the ratio.
    norm
        Norm of the attack.
    """
    active = torch.zeros_like(clean)
    for row, waveform in enumerate(clean.cpu().numpy()):
        active[row, active_speech(waveform)] = 1
    if budget == "eps":
        reach = min(eps, 2 * FULL_SCALE)
        return SampleLimits(active, eps, (-reach, reach))
    limit = clean.double().norm(dim=1) * 10 ** (-eps / 20)
    if norm == "linf":
        limit = limit / active.sum(1).clamp(min=1).sqrt()
    return SampleLimits(active * limit[:, None].float(), 1.0, (-1.0, 1.0))


def check_budget(definition: Mapping[str, Any], where: str) -> None:
    """Check that an attack's norm can be limited by its budget on waveforms.

    Parameters
    ----------
    definition
        Mapping with ``class``, ``params`` and ``budget``.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If it cannot.
    """
    norm = norm_of(build_attack(definition, where), where)
    allowed = {"eps": ("linf", "l2", "l1"), "snr": ("linf", "l2")}[definition["budget"]]
    if norm not in allowed:
        raise UserError(
            f"{where}.budget: {definition['class']} measures in the norm {norm}; with "
            f"budget: {definition['budget']} on waveforms it must be {' or '.join(allowed)}."
        )


@dataclass(frozen=True)
class WaveformAttack:
    """An attack on waveforms with its limit.

    Attributes
    ----------
    definition : mapping
        Its ``class``, ``params``, ``restarts``, ``targets`` and ``budget``.
    eps : float
        See :func:`sample_limits`.
    instead : optional
        An attack that is run instead of the one that is defined, such as one with what that one
        has learned.
    """

    definition: Mapping[str, Any]
    eps: float
    instead: Any = None

    @property
    def built(self) -> Any:
        """The attack that is run."""
        return self.instead or build_attack(self.definition)

    def limits(self, clean: torch.Tensor) -> SampleLimits:
        """Compute the limits on recordings, shape (recordings, samples)."""
        norm = norm_of(build_attack(self.definition))
        return sample_limits(clean, self.eps, self.definition["budget"], norm)

    @staticmethod
    def behind(
        model: Attackable, front_end: nn.Module, clean: torch.Tensor, limits: SampleLimits
    ) -> PerturbedRecordings:
        """Return a model that takes the perturbation of recordings."""
        return PerturbedRecordings(model, front_end, clean, limits.scale)

    @staticmethod
    def unperturbed(clean: torch.Tensor) -> torch.Tensor:
        """Return no perturbation, as the model behind the front end takes it."""
        return torch.zeros_like(clean)[:, None, None]

    def on(
        self,
        victim: Attackable,
        front_end: nn.Module,
        clean: torch.Tensor,
        labels: torch.Tensor,
        seed: int,
        source: Attackable | None = None,
    ) -> tuple[Outcome, torch.Tensor]:
        """Attack a batch.

        Parameters
        ----------
        victim, front_end
            See :class:`PerturbedRecordings`.
        clean
            Shape (recordings, samples), within full scale.
        labels
            Numbers of the true classes.
        seed, source
            See :func:`mishear.attacks.running.attack_batch`.

        Returns
        -------
        outcome
            Its norms are those of the perturbation, full scale is 1.
        waveforms
            The recordings after the attack, (recordings, samples).
        """
        limits = self.limits(clean)
        evaluated = self.behind(victim, front_end, clean, limits)
        outcome = attack_batch(
            evaluated,
            self.built,
            self.unperturbed(clean),
            labels,
            Threat.of(self.definition, limits.eps, limits.bounds),
            seed,
            self.behind(source, front_end, clean, limits) if source else None,
        )
        return outcome, evaluated.waveforms(outcome.adversarial)


def within_full_scale(waveforms: np.ndarray) -> np.ndarray:
    """Clip clean recordings to full scale and log it: what lies beyond cannot be played."""
    beyond = (np.abs(waveforms) > FULL_SCALE).any(axis=1).sum()
    if beyond:
        log.info("%d of %d recordings are clipped to full scale", beyond, len(waveforms))
    return waveforms.clip(-FULL_SCALE, FULL_SCALE)
