"""Loss and accuracy of a network on the clean recordings of a corpus."""

import numpy as np
import torch
from torch import nn

from mishear.core.arrays import RowsOnDisk
from mishear.features.split import Division
from mishear.features.split_file import SPLITS
from mishear.runtime.batching import in_batches

BATCH = 500


@torch.inference_mode()
def loss_and_correct(
    model: nn.Module,
    clean: np.ndarray | RowsOnDisk,
    targets: torch.Tensor,
    rows: np.ndarray,
    device: torch.device | None = None,
) -> tuple[float, int]:
    """Compute the mean loss and count the correct predictions on some rows of the corpus.

    Parameters
    ----------
    model
        Put into evaluation mode.
    clean
        Spectrograms of the whole corpus, shape (recordings, 1, ...).
    targets
        Numbers of the true classes of the whole corpus.
    rows
        Rows to measure on.
    device
        Where the model is; unset: where its parameters are. A frozen program has none.
    """
    device = device or next(model.parameters()).device
    model.eval()
    losses, correct = [], []

    def measure_part(part: slice) -> None:
        logits = model(torch.from_numpy(clean[rows[part]]).to(device))
        expected = targets[rows[part]].to(device)
        losses.append(nn.functional.cross_entropy(logits, expected, reduction="sum").item())
        correct.append((logits.argmax(1) == expected).sum().item())

    in_batches(measure_part, len(rows), BATCH)
    return sum(losses) / len(rows), sum(correct)


def accuracies_of_splits(
    model: nn.Module,
    clean: np.ndarray | RowsOnDisk,
    targets: torch.Tensor,
    division: Division,
    device: torch.device | None = None,
) -> dict[str, dict[str, float]]:
    """Compute for each split ``correct``, ``n`` and ``accuracy`` on the clean recordings.

    A split without recordings is left out. Parameters are those of :func:`loss_and_correct`, with
    the splits of a ``division``.
    """
    accuracies = {}
    for split in SPLITS:
        rows = division.rows(split)
        if not len(rows):
            continue
        _, correct = loss_and_correct(model, clean, targets, rows, device)
        accuracies[split] = {"correct": correct, "n": len(rows), "accuracy": correct / len(rows)}
    return accuracies
