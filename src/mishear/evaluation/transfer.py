"""Transfer attacks: adversarial inputs of a source model, judged on another victim."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mishear.attacks.judging import ANY, Outcome
from mishear.attacks.norms import norm_values
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import Results, read_examples, read_results, result_rows
from mishear.runtime.batching import Batches, in_batches


@dataclass(frozen=True)
class Transferred:
    """The results of an attack on its source model, recording by recording.

    Attributes
    ----------
    adversarial : numpy.ndarray of shape (recordings, 1, ...)
        The inputs that count: the clean one where the attack's was rejected.
    results : Results
        The evaluation of the source model.
    """

    adversarial: np.ndarray
    results: Results

    def targets(self, classes: list[str]) -> np.ndarray:
        """Return the number of the class each recording was aimed at, or ``ANY``."""
        numbers = {label: number for number, label in enumerate(classes)}
        return np.array([numbers.get(label, ANY) for label in self.results.column("target")])


def read_transferred(examples: str | Path, results: str | Path, names: np.ndarray) -> Transferred:
    """Read what an evaluation of the source model kept.

    Parameters
    ----------
    examples
        Its adversarial inputs.
    results
        Its table of results.
    names
        The recordings that are evaluated, in order.
    """
    return Transferred(read_examples(examples, names), read_results(results).of(names))


def judge_transferred(
    victim: DefendedVictim,
    recordings: Recordings,
    transferred: Transferred,
    batches: Batches,
) -> list[dict[str, Any]]:
    """Classify recordings before and after an attack on a source model.

    Parameters
    ----------
    victim
        The victim that is evaluated.
    recordings
        The recordings before the attack.
    transferred
        The same after it.
    batches
        How the recordings are divided. The seed of a batch is that of the randomness of the
        victim's defences.

    Returns
    -------
    list of dict
        A row of :data:`mishear.core.tables.evaluation.RESULTS` per recording.
    """
    rows: list[dict[str, Any]] = []
    rejected = transferred.results.column("rejected")
    targets = transferred.targets(recordings.classes)

    def judge_part(part: slice) -> None:
        began = time.perf_counter()
        clean = torch.from_numpy(recordings.inputs(part)).to(batches.device)
        adversarial = torch.from_numpy(transferred.adversarial[part]).to(batches.device)
        before, after = (
            victim.predict(inputs, batches.seed_of(part.start)).cpu().numpy()
            for inputs in (clean, adversarial)
        )
        outcome = Outcome(
            adversarial=adversarial,
            rejected=rejected[part],
            clean_prediction=before,
            adversarial_prediction=after,
            linf=norm_values(adversarial - clean, "linf").cpu().numpy(),
            l2=norm_values(adversarial - clean, "l2").cpu().numpy(),
            target=targets[part],
        )
        seconds = (time.perf_counter() - began) / len(before)
        rows.extend(result_rows(recordings, part, outcome, seconds, batches.device))

    in_batches(judge_part, len(recordings), batches.size)
    return rows
