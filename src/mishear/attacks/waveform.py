"""Attacks on the sound itself: the change is made before the front end, and can be played.

An attack changes samples where a recording speaks; the silence it was padded with stays silent. It
sees the victim through :class:`Played`, whose input is the change alone, so that any attack of the
config works on it and a small change keeps its precision beside a large sample.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from mishear.attacks.running import Attackable, Outcome, attack_batch, build_attack, norm_of
from mishear.core.errors import UserError
from mishear.features.waveforms import active_speech

log = logging.getLogger(__name__)

Budget = Literal["eps", "snr"]

FULL_SCALE = 1.0
"""Largest absolute value of a sample that can be played."""


class Played(nn.Module):
    """Recordings with a change of their samples, as a victim hears them through the front end.

    Parameters
    ----------
    victim
        With its defences, in evaluation mode.
    front_end
        From :func:`mishear.features.spectrograms.mel_front_end`, on the device of ``clean``.
    clean
        Shape (recordings, samples), full scale is -1 to 1.
    size
        By how much a change of 1 changes each sample, shape (recordings, samples); 0 where the
        recording has to stay silent.
    """

    def __init__(
        self, victim: Attackable, front_end: nn.Module, clean: torch.Tensor, size: torch.Tensor
    ):
        super().__init__()
        self.victim, self.front_end = victim, front_end
        self.clean, self.size = clean, size

    def part(self, rows: torch.Tensor) -> "Played":
        """Some of the recordings."""
        return Played(self.victim, self.front_end, self.clean[rows], self.size[rows])

    def waveforms(self, change: torch.Tensor) -> torch.Tensor:
        """The changed recordings, (recordings, samples), within full scale.

        Parameters
        ----------
        change
            Shape (recordings, 1, 1, samples).
        """
        return (self.clean + self.size * change[:, 0, 0]).clamp(-FULL_SCALE, FULL_SCALE)

    def spectrograms(self, change: torch.Tensor) -> torch.Tensor:
        """What the network is given of them, (recordings, 1, n_mels, frames), dB."""
        return self.front_end(self.waveforms(change).unsqueeze(1))

    def forward(self, change: torch.Tensor) -> torch.Tensor:
        """Logits of shape (recordings, classes)."""
        return self.victim(self.spectrograms(change))

    @torch.inference_mode()
    def predict(self, change: torch.Tensor, seed: int) -> torch.Tensor:
        """Numbers of the predicted classes, shape (recordings,)."""
        return self.victim.predict(self.spectrograms(change), seed)


@dataclass(frozen=True)
class Threat:
    """What an attack on waveforms may do, in the unit of the change that :class:`Played` takes.

    Attributes
    ----------
    size : torch.Tensor of shape (recordings, samples)
        By how much a change of 1 changes each sample.
    eps : float
        Largest change in the attack's norm; infinite: no limit.
    bounds : tuple of float
        Lowest and highest change of one sample.
    """

    size: torch.Tensor
    eps: float
    bounds: tuple[float, float]


def threat(clean: torch.Tensor, eps: float, budget: Budget, norm: str) -> Threat:
    """The limits of an attack on some recordings.

    Parameters
    ----------
    clean
        Shape (recordings, samples).
    eps
        Largest perturbation: fractions of full scale in ``norm``, or with ``budget: snr`` the
        lowest signal-to-noise ratio in dB.
    budget
        ``snr`` gives each recording a limit of its own. In the L2 norm it is the change whose
        energy makes the ratio; in L-infinity it is the root mean square that does, which no
        change within it exceeds. Signal and noise are those of the active speech, which is all
        that is changed.
    norm
        Of the attack.
    """
    active = torch.zeros_like(clean)
    for row, waveform in enumerate(clean.cpu().numpy()):
        active[row, active_speech(waveform)] = 1
    if budget == "eps":
        reach = min(eps, 2 * FULL_SCALE)
        return Threat(active, eps, (-reach, reach))
    limit = clean.double().norm(dim=1) * 10 ** (-eps / 20)
    if norm == "linf":
        limit = limit / active.sum(1).clamp(min=1).sqrt()
    return Threat(active * limit[:, None].float(), 1.0, (-1.0, 1.0))


def check_budget(definition: Mapping[str, Any], where: str) -> None:
    """Check that an attack's perturbation can be measured on waveforms.

    Raises
    ------
    UserError
        If its norm cannot be limited by what is asked for.
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
    """An attack with its limit.

    Attributes
    ----------
    definition : mapping
        Its ``class``, ``params``, ``restarts``, ``targets`` and ``budget``.
    eps : float
        See :func:`threat`.
    """

    definition: Mapping[str, Any]
    eps: float

    def on(
        self,
        victim: Attackable,
        front_end: nn.Module,
        clean: torch.Tensor,
        labels: torch.Tensor,
        seed: int,
        made_on: Attackable | None = None,
    ) -> tuple[Outcome, torch.Tensor]:
        """Attack a batch.

        Parameters
        ----------
        victim, front_end
            See :class:`Played`.
        clean
            Shape (recordings, samples), within full scale.
        labels
            Numbers of the true classes.
        seed, made_on
            See :func:`mishear.attacks.running.attack_batch`.

        Returns
        -------
        outcome
            Its norms are those of the change of the samples, full scale is 1.
        waveforms
            The recordings after the attack, (recordings, samples).
        """
        attack = build_attack(self.definition)
        limits = threat(clean, self.eps, self.definition["budget"], norm_of(attack))
        played = Played(victim, front_end, clean, limits.size)
        outcome = attack_batch(
            played,
            attack,
            torch.zeros_like(clean)[:, None, None],
            labels,
            limits.eps,
            limits.bounds,
            seed,
            restarts=self.definition["restarts"],
            targets=self.definition["targets"],
            made_on=Played(made_on, front_end, clean, limits.size) if made_on else None,
        )
        return outcome, played.waveforms(outcome.adversarial)


def within_full_scale(waveforms: np.ndarray) -> np.ndarray:
    """Clean recordings cut to full scale, which is logged: what lies beyond cannot be played."""
    beyond = (np.abs(waveforms) > FULL_SCALE).any(axis=1).sum()
    if beyond:
        log.info("%d of %d recordings are cut to full scale", beyond, len(waveforms))
    return waveforms.clip(-FULL_SCALE, FULL_SCALE)
