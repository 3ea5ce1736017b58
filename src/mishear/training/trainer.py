"""Training of a victim model (paper, "Model")."""

import csv
import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.optim import lr_scheduler
from tqdm import tqdm

from mishear.core.arrays import RowsOnDisk
from mishear.core.files import atomic_path
from mishear.features.split import SPLITS, Division
from mishear.poisoning.training_set import TrainingSet
from mishear.runtime.devices import halved, in_batches
from mishear.training.checkpoints import Checkpoint
from mishear.training.losses import Bounds, Loss, training_loss
from mishear.training.networks import build_network, prepared

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

LossOf = Callable[[torch.Tensor, torch.Tensor], Loss]
"""Of inputs and the numbers of their true classes."""


@dataclass(frozen=True)
class TrainingInputs:
    """The spectrograms trained on, read from disk a batch at a time.

    Attributes
    ----------
    clean, poisoned : array or RowsOnDisk of shape (recordings, 1, n_mels, frames), dB
        The whole corpus; ``poisoned`` is None where no spectrogram is poisoned.
    chosen : TrainingSet
        Which of its rows are trained on, with the labels they are given, and which of them are
        taken from ``poisoned``.
    """

    clean: np.ndarray | RowsOnDisk
    poisoned: np.ndarray | RowsOnDisk | None
    chosen: TrainingSet

    def __len__(self) -> int:
        return len(self.chosen)

    def __getitem__(self, positions: np.ndarray) -> np.ndarray:
        rows = self.chosen.rows[positions]
        inputs = self.clean[rows]
        poisoned = self.chosen.is_poisoned[positions]
        if self.poisoned is not None and poisoned.any():
            inputs[poisoned] = self.poisoned[rows[poisoned]]
        return inputs


def train(
    network: Mapping[str, Any],
    recipe: Mapping[str, Any],
    inputs: TrainingInputs,
    clean: np.ndarray | RowsOnDisk,
    division: Division,
    seed: int,
    device: torch.device,
    bounds: Bounds,
    checkpoint: Checkpoint | None = None,
) -> tuple[nn.Module, list[dict[str, float]], dict[str, dict[str, float]]]:
    """Train a network: Adam, a fixed number of epochs, the last one is kept.

    The loss is cross entropy, or that of :mod:`mishear.training.losses`.

    Parameters
    ----------
    network
        Mapping with ``class`` and ``params``.
    recipe
        Mapping with ``epochs``, ``batch_size``, ``learning_rate``, ``schedule``, ``noise`` and
        ``adversarial`` (each of the last two may be None), see
        :func:`mishear.study.plan.training_settings`.
    inputs
        What is trained on.
    clean
        Spectrograms of the whole corpus as recorded, for the accuracies.
    division
        Labels and splits.
    seed
        Of the weights and the order of the recordings.
    device
        Where to train.
    bounds
        Lowest and highest value of an input, dB, within which noise and adversarial training
        keep what they change.
    checkpoint
        Where the state is kept after each epoch. A training that finds one there goes on from it
        and ends in the same weights as one that was never interrupted.

    Returns
    -------
    victim
        The trained network.
    history
        A row per epoch, see ``HISTORY_COLUMNS``; training figures are running means over the
        epoch, of what is minimised and on what is trained on: with noise, and on adversarial
        inputs where there are such.
    accuracies
        For each split ``correct``, ``n`` and ``accuracy`` on the clean recordings.
    """
    run = _start(network, recipe, division, len(inputs), seed, device, checkpoint)
    targets = torch.from_numpy(division.class_indices)
    labels = torch.from_numpy(inputs.chosen.labels)
    epochs = range(len(run.history) + 1, recipe["epochs"] + 1)
    for epoch in tqdm(epochs, desc="training", unit="epoch", disable=None):
        start = time.perf_counter()
        order = torch.randperm(len(inputs), generator=run.shuffle)
        row = {"epoch": epoch, **_train_epoch(run, inputs, labels, order, recipe, bounds)}
        loss, correct = loss_and_correct(run.model, clean, targets, division.rows("validation"))
        n = len(division.rows("validation"))
        row |= {"validation_loss": loss, "validation_accuracy": correct / n}
        row["seconds"] = time.perf_counter() - start
        run.history.append(row)
        log.info("epoch %(epoch)d: validation accuracy %(validation_accuracy).4f", row)
        if checkpoint:
            checkpoint.save(run.state())
    return run.model, run.history, accuracies_of_splits(run.model, clean, targets, division)


@dataclass(frozen=True)
class _Run:
    """A training between two epochs."""

    model: nn.Module
    optimiser: torch.optim.Optimizer
    schedule: lr_scheduler.LRScheduler
    shuffle: torch.Generator
    history: list[dict[str, float]]

    @property
    def on_gpu(self) -> bool:
        return next(self.model.parameters()).is_cuda

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "shuffle": self.shuffle.get_state(),
            "random": torch.get_rng_state(),
            "cuda_random": torch.cuda.get_rng_state_all() if self.on_gpu else [],
            "history": self.history,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.schedule.load_state_dict(state["schedule"])
        self.shuffle.set_state(state["shuffle"].cpu())
        torch.set_rng_state(state["random"].cpu())
        if self.on_gpu:
            torch.cuda.set_rng_state_all([each.cpu() for each in state["cuda_random"]])
        self.history.extend(state["history"])


def _start(
    network: Mapping[str, Any],
    recipe: Mapping[str, Any],
    division: Division,
    count: int,
    seed: int,
    device: torch.device,
    checkpoint: Checkpoint | None,
) -> _Run:
    torch.manual_seed(seed)
    model = prepared(build_network(network, len(division.classes)), device)
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe["learning_rate"], fused=True)
    steps = recipe["epochs"] * math.ceil(count / recipe["batch_size"])
    schedule = _schedule(optimiser, recipe, steps)
    run = _Run(model, optimiser, schedule, torch.Generator().manual_seed(seed), [])
    saved = checkpoint.load(device) if checkpoint else None
    if saved is not None:
        run.restore(saved)
        log.info("going on after epoch %d of %d", len(run.history), recipe["epochs"])
    return run


def _schedule(
    optimiser: torch.optim.Optimizer, recipe: Mapping[str, Any], steps: int
) -> lr_scheduler.LRScheduler:
    """The learning rate from step to step."""
    match recipe["schedule"]:
        case "one-cycle":
            return lr_scheduler.OneCycleLR(optimiser, recipe["learning_rate"], total_steps=steps)
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimiser, steps)
    return lr_scheduler.ConstantLR(optimiser, factor=1)


def _train_epoch(
    run: _Run,
    inputs: TrainingInputs,
    labels: torch.Tensor,
    order: torch.Tensor,
    recipe: Mapping[str, Any],
    bounds: Bounds,
) -> dict[str, float]:
    run.model.train()
    total_loss, total_correct = 0.0, 0
    at_once = recipe["batch_size"]
    batches = order.split(recipe["batch_size"])
    for number, batch in enumerate(batches):
        progress = (len(run.history) + number / len(batches)) / recipe["epochs"]
        loss_of = partial(training_loss, run.model, recipe=recipe, bounds=bounds, progress=progress)
        loss, correct, at_once = _step(run, inputs, labels, batch, at_once, loss_of)
        total_loss += loss
        total_correct += correct
    return {"train_loss": total_loss / len(order), "train_accuracy": total_correct / len(order)}


def _step(
    run: _Run,
    inputs: TrainingInputs,
    labels: torch.Tensor,
    batch: torch.Tensor,
    at_once: int,
    loss_of: LossOf,
) -> tuple[float, int, int]:
    """One step of the optimiser; sum of losses, correct predictions, recordings at once.

    The gradient is that of the whole batch also where the GPU's memory holds only parts of it.
    """
    while (sums := _gradient(run, inputs, labels, batch, at_once, loss_of)) is None:
        at_once = halved(min(at_once, len(batch)))
    run.optimiser.step()
    run.schedule.step()
    return *sums, at_once


def _gradient(
    run: _Run,
    inputs: TrainingInputs,
    labels: torch.Tensor,
    batch: torch.Tensor,
    at_once: int,
    loss_of: LossOf,
) -> tuple[float, int] | None:
    """Sum of losses and correct predictions; None where the GPU's memory does not suffice."""
    device = next(run.model.parameters()).device
    run.optimiser.zero_grad()
    total_loss, correct = 0.0, 0
    try:
        for part in batch.split(at_once):
            expected = labels[part].to(device)
            loss, logits = loss_of(torch.from_numpy(inputs[part.numpy()]).to(device), expected)
            (loss * (len(part) / len(batch))).backward()
            total_loss += loss.item() * len(part)
            correct += (logits.argmax(1) == expected).sum().item()
    except torch.OutOfMemoryError:
        return None
    return total_loss, correct


@torch.inference_mode()
def loss_and_correct(
    model: nn.Module, clean: np.ndarray | RowsOnDisk, targets: torch.Tensor, rows: np.ndarray
) -> tuple[float, int]:
    """Mean loss and number of correct predictions on some rows of the corpus."""
    device = next(model.parameters()).device
    model.eval()
    losses, correct = [], []

    def measure_part(part: slice) -> None:
        logits = model(torch.from_numpy(clean[rows[part]]).to(device))
        expected = targets[rows[part]].to(device)
        losses.append(nn.functional.cross_entropy(logits, expected, reduction="sum").item())
        correct.append((logits.argmax(1) == expected).sum().item())

    in_batches(measure_part, len(rows), EVALUATION_BATCH)
    return sum(losses) / len(rows), sum(correct)


def accuracies_of_splits(
    model: nn.Module, clean: np.ndarray | RowsOnDisk, targets: torch.Tensor, division: Division
) -> dict[str, dict[str, float]]:
    """For each split ``correct``, ``n`` and ``accuracy`` on the clean recordings."""
    accuracies = {}
    for split in SPLITS:
        rows = division.rows(split)
        _, correct = loss_and_correct(model, clean, targets, rows)
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
    state = {key: value.cpu().contiguous() for key, value in victim.state_dict().items()}
    # An open file, so that a full disk is an OSError.
    with atomic_path(weights) as temporary, temporary.open("wb") as file:
        torch.save(state, file)
