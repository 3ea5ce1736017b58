"""Judge a victim on the adversarial examples of source models."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch

from mishear.defences.loading import LoadedVictim
from mishear.evaluation.transferability.examples import Examples, Read
from mishear.runtime.batching import Batches, in_batches

Convert = Callable[[torch.Tensor, Examples], torch.Tensor]
"""Turns what examples consist of into inputs of the victim, on its device."""


def judge_examples(
    victim: LoadedVictim, sources: Iterable[Examples], convert: Convert, batches: Batches
) -> Iterator[dict[str, Any]]:
    """Classify recordings before and after the attacks on source models.

    Parameters
    ----------
    victim
        The victim that is judged.
    sources
        The examples, all of the test recordings in their order. Those of one front end have the
        same clean recordings, which are classified once.
    convert
        Makes the victim's inputs.
    batches
        How the recordings are divided.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.transfer.TRANSFERRED`.
    """
    classes = np.array(victim.division.classes)
    clean: dict[str, np.ndarray] = {}
    for examples in sources:

        def labels(read: Read, examples: Examples = examples) -> np.ndarray:
            count = len(examples.results)
            numbers = _predicted(victim, read, count, lambda x: convert(x, examples), batches)
            return classes[numbers]

        front_end = examples.keys["source_front_end"]
        if front_end not in clean:
            clean[front_end] = labels(examples.clean)
        adversarial = labels(examples.adversarial)
        for row, before, after in zip(
            examples.results.rows, clean[front_end], adversarial, strict=True
        ):
            yield {
                **examples.keys,
                "recording": row["recording"],
                "label": row["label"],
                "aim": row["target"],
                "source_clean_prediction": row["clean_prediction"],
                "clean_prediction": before,
                "adversarial_prediction": after,
            }


def _predicted(
    victim: LoadedVictim,
    read: Read,
    count: int,
    convert: Callable[[torch.Tensor], torch.Tensor],
    batches: Batches,
) -> np.ndarray:
    """Return the numbers of the predicted classes, shape (recordings,)."""
    found = [np.empty(0, dtype=np.int64)]

    @torch.inference_mode()
    def predict(part: slice) -> None:
        inputs = convert(torch.from_numpy(read(part)))
        classes = victim.model.predict(inputs, batches.seed_of(part.start))
        found.append(classes.cpu().numpy())

    in_batches(predict, count, batches.size)
    return np.concatenate(found)
