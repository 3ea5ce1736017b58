"""Training of a victim model (paper, "Model")."""

import csv
import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from mishear.features.split import SPLITS, Division
from mishear.files import atomic_path
from mishear.networks import build_network, prepared
from mishear.seeding import stream

log = logging.getLogger(__name__)

HISTORY_COLUMNS = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "seconds",
)
EVALUATION_BATCH = 500


def poisoned_rows(rows: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Choose which training recordings are poisoned.

    With one seed a smaller share is always part of a larger one.

    Parameters
    ----------
    rows
        Row numbers of the training split.
    share
        Share to poison, 0 to 1.
    seed
        The victim's seed.

    Returns
    -------
    numpy.ndarray
        ``round(share * len(rows))`` of the row numbers.
    """
    order = stream(seed, "poisoned share").permutation(len(rows))
    return np.sort(rows[order[: round(share * len(rows))]])


def training_inputs(
    clean: np.ndarray, poisoned: np.ndarray | None, rows: np.ndarray, share: float, seed: int
) -> np.ndarray:
    """The spectrograms trained on, of shape (training recordings, 1, n_mels, frames).

    Parameters
    ----------
    clean, poisoned
        Spectrograms of the whole corpus; ``poisoned`` is None for a recipe without poison.
    rows
        Row numbers of the training split.
    share
        Share of them taken from ``poisoned``.
    seed
        The victim's seed.
    """
    inputs = clean[rows]
    if poisoned is not None:
        chosen = poisoned_rows(rows, share, seed)
        inputs[np.searchsorted(rows, chosen)] = poisoned[chosen]
    return inputs


def train(
    network: Mapping[str, Any],
    recipe: Mapping[str, Any],
    inputs: np.ndarray,
    clean: np.ndarray,
    division: Division,
    seed: int,
    device: torch.device,
) -> tuple[nn.Module, list[dict[str, float]], dict[str, dict[str, float]]]:
    """Train a network: cross entropy, Adam, a fixed number of epochs, the last one is kept.

    Parameters
    ----------
    network
        Mapping with ``class`` and ``params``.
    recipe
        Mapping with ``epochs``, ``batch_size`` and ``learning_rate``.
    inputs
        What is trained on, (training recordings, 1, n_mels, frames), dB, in the order of the
        training rows of ``division``.
    clean
        Spectrograms of the whole corpus as recorded, for the accuracies.
    division
        Labels and splits.
    seed
        Of the weights and the order of the recordings.
    device
        Where to train.

    Returns
    -------
    victim
        The trained network.
    history
        A row per epoch, see ``HISTORY_COLUMNS``; training figures are running means over the
        epoch.
    accuracies
        For each split ``correct``, ``n`` and ``accuracy`` on the clean recordings.
    """
    torch.manual_seed(seed)
    model = prepared(build_network(network, len(division.classes)), device)
    targets = torch.from_numpy(division.class_indices)
    data = torch.from_numpy(inputs)
    labels = targets[division.rows("train")]
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe["learning_rate"], fused=True)
    shuffle = torch.Generator().manual_seed(seed)
    history = []
    for epoch in tqdm(range(1, recipe["epochs"] + 1), desc="training", unit="epoch", disable=None):
        start = time.perf_counter()
        order = torch.randperm(len(data), generator=shuffle)
        row = {"epoch": epoch, **_train_epoch(model, optimiser, data, labels, order, recipe)}
        loss, correct = _measure(model, clean, targets, division.rows("validation"))
        n = len(division.rows("validation"))
        row |= {"validation_loss": loss, "validation_accuracy": correct / n}
        row["seconds"] = time.perf_counter() - start
        history.append(row)
        log.info("epoch %(epoch)d: validation accuracy %(validation_accuracy).4f", row)
    return model, history, _accuracies(model, clean, targets, division)


def _train_epoch(
    model: nn.Module,
    optimiser: torch.optim.Optimizer,
    data: torch.Tensor,
    labels: torch.Tensor,
    order: torch.Tensor,
    recipe: Mapping[str, Any],
) -> dict[str, float]:
    device = next(model.parameters()).device
    model.train()
    total_loss, correct = 0.0, 0
    for batch in order.split(recipe["batch_size"]):
        inputs, expected = data[batch].to(device), labels[batch].to(device)
        logits = model(inputs)
        loss = nn.functional.cross_entropy(logits, expected)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total_loss += loss.item() * len(batch)
        correct += (logits.argmax(1) == expected).sum().item()
    return {"train_loss": total_loss / len(data), "train_accuracy": correct / len(data)}


@torch.inference_mode()
def _measure(
    model: nn.Module, clean: np.ndarray, targets: torch.Tensor, rows: np.ndarray
) -> tuple[float, int]:
    """Mean loss and number of correct predictions on some rows of the corpus."""
    device = next(model.parameters()).device
    model.eval()
    total_loss, correct = 0.0, 0
    for start in range(0, len(rows), EVALUATION_BATCH):
        batch = rows[start : start + EVALUATION_BATCH]
        logits = model(torch.from_numpy(clean[batch]).to(device))
        expected = targets[batch].to(device)
        total_loss += nn.functional.cross_entropy(logits, expected, reduction="sum").item()
        correct += (logits.argmax(1) == expected).sum().item()
    return total_loss / len(rows), correct


def _accuracies(
    model: nn.Module, clean: np.ndarray, targets: torch.Tensor, division: Division
) -> dict[str, dict[str, float]]:
    accuracies = {}
    for split in SPLITS:
        rows = division.rows(split)
        _, correct = _measure(model, clean, targets, rows)
        accuracies[split] = {"correct": correct, "n": len(rows), "accuracy": correct / len(rows)}
    return accuracies


def write_training(
    victim: nn.Module,
    history: list[dict[str, float]],
    accuracies: dict[str, dict[str, float]],
    weights: Path,
    history_table: Path,
    accuracy_file: Path,
) -> None:
    """Write a victim's weights (a plain state dict), its history and its accuracies."""
    with atomic_path(history_table) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, HISTORY_COLUMNS, lineterminator="\n")
        writer.writeheader()
        for row in history:
            writer.writerow({key: f"{value:.6g}" for key, value in row.items()})
    with atomic_path(accuracy_file) as temporary:
        temporary.write_text(json.dumps(accuracies, indent=1) + "\n")
    with atomic_path(weights) as temporary:
        torch.save(
            {key: value.cpu().contiguous() for key, value in victim.state_dict().items()}, temporary
        )
