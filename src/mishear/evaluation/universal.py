"""Learn universal perturbations on training recordings, to judge them on test recordings."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np
import torch
from torch import nn

from mishear.attacks.judging import Attackable
from mishear.attacks.universal import LearnedPerturbation, Part, UniversalPGD, routed
from mishear.attacks.waveform import FULL_SCALE, WaveformAttack
from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.core.random_streams import derived_seed, stream
from mishear.evaluation.recordings import Recordings
from mishear.features.split import Division
from mishear.runtime.batching import Batches

log = logging.getLogger(__name__)


def training_and_test(
    select: Callable[[np.ndarray], Recordings], division: Division
) -> tuple[Recordings, Recordings]:
    """Return the recordings that a perturbation is learned on, and those that it is judged on.

    Parameters
    ----------
    select
        Gives the recordings of some rows of the corpus.
    division
        Its splits.

    Raises
    ------
    UserError
        If there are none to learn on.
    """
    rows = division.rows("train")
    if not len(rows):
        raise UserError(
            "split: the training split is empty, but a universal perturbation is learned on it. "
            "Leave recordings for training, or remove the attack with universal: true from the "
            "study."
        )
    return select(rows), select(division.rows("test"))


def learn_on_inputs(
    victim: Attackable,
    attack: UniversalPGD,
    recordings: Recordings,
    limits: tuple[float, tuple[float, float]],
    batches: Batches,
    path: Path,
) -> LearnedPerturbation:
    """Learn a perturbation of network inputs.

    Parameters
    ----------
    victim
        The victim, or the source model of a transfer attack; on the device of the batches, in
        evaluation mode, parameters frozen.
    attack
        The universal attack.
    recordings
        Those to learn on.
    limits
        Largest norm, and the range of inputs.
    batches
        How the recordings are divided, and the seed of their order and of random shifts.
    path
        Gets the perturbation, see :func:`write_perturbation`.
    """

    def part(drawn: Recordings, step: int) -> Part:
        inputs = torch.from_numpy(drawn.inputs()).to(batches.device)
        labels = torch.from_numpy(drawn.targets).to(batches.device)
        return Part(routed(victim, step), inputs, labels, *limits)

    learned = _learned(attack, recordings, part, batches)
    write_perturbation(learned, path)
    return learned


def learn_on_waveforms(
    victim: Attackable,
    attack: WaveformAttack,
    recordings: Recordings,
    front_end: nn.Module,
    batches: Batches,
    path: Path,
) -> WaveformAttack:
    """Learn a perturbation of waveforms; return the attack that adds it.

    Its unit is full scale or, with ``budget: snr``, the limit of each recording. It is added where
    a recording speaks.

    Parameters
    ----------
    victim, recordings, batches, path
        See :func:`learn_on_inputs`.
    attack
        The universal attack with its limit.
    front_end
        On the device.
    """

    def part(drawn: Recordings, step: int) -> Part:
        clean = torch.from_numpy(drawn.inputs().clip(-FULL_SCALE, FULL_SCALE)).to(batches.device)
        labels = torch.from_numpy(drawn.targets).to(batches.device)
        limits = attack.limits(clean)
        behind = attack.behind(routed(victim, step), front_end, clean, limits)
        return Part(behind, attack.unperturbed(clean), labels, limits.eps, limits.bounds)

    learned = _learned(attack.built, recordings, part, batches)
    write_perturbation(learned, path)
    return replace(attack, instead=learned)


def _learned(
    attack: UniversalPGD,
    recordings: Recordings,
    part: Callable[[Recordings, int], Part],
    batches: Batches,
) -> LearnedPerturbation:
    torch.manual_seed(derived_seed(batches.seed, "universal perturbation"))
    drawn = zip(_shuffled(recordings, batches), count(), strict=False)
    learned = LearnedPerturbation(attack, attack.learn(part(*each) for each in drawn))
    log.info("learned on %d recordings in %d steps", len(recordings), attack.steps)
    return learned


def _shuffled(recordings: Recordings, batches: Batches) -> Iterator[Recordings]:
    """Yield batches of the recordings without end, each pass over them in an order of its own."""
    for epoch in count():
        order = stream(batches.seed, "universal order", str(epoch)).permutation(len(recordings))
        for start in range(0, len(order), batches.size):
            chosen = np.sort(order[start : start + batches.size])
            yield recordings.where(chosen)


def write_perturbation(learned: LearnedPerturbation, path: Path) -> None:
    """Write a perturbation as the array ``perturbation`` of an ``.npz`` file.

    Its shape is that of one input; of one attacked on the waveform it is (samples,).
    """
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        values = learned.perturbation.cpu().numpy().squeeze(0)
        np.savez_compressed(file, perturbation=values)
