"""Training of a victim (paper, "Model")."""

import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.core.tables.training import HISTORY
from mishear.runtime.batching import halved
from mishear.runtime.environment import environment_of
from mishear.training.accuracy import accuracies_of_splits, loss_and_correct
from mishear.training.building import build_network, prepared
from mishear.training.checkpoints import Checkpoint
from mishear.training.inputs import TrainingData, TrainingInputs
from mishear.training.losses import Bounds, Loss, training_loss
from mishear.training.state import TrainingState, begin

log = logging.getLogger(__name__)

LossOf = Callable[[torch.Tensor, torch.Tensor], Loss]
"""From inputs and the numbers of their true classes."""


@dataclass(frozen=True)
class Trained:
    """A trained network and how the training went.

    Attributes
    ----------
    network : torch.nn.Module
    history : list of dict
        A row of :data:`mishear.core.tables.training.HISTORY` per epoch. Training figures are
        running means over the epoch of the loss that is minimised, on the inputs that are trained
        on: noisy or adversarial ones where the recipe has such.
    accuracies : dict
        For each split ``correct``, ``n`` and ``accuracy`` on the clean recordings.
    """

    network: nn.Module
    history: list[dict[str, Any]]
    accuracies: dict[str, dict[str, float]]


def train(
    network: Mapping[str, Any],
    recipe: Mapping[str, Any],
    data: TrainingData,
    seed: int,
    device: torch.device,
    checkpoint: Checkpoint | None = None,
) -> Trained:
    """Train a network with Adam for a fixed number of epochs and keep the last one.

    The loss is cross entropy, or one of :mod:`mishear.training.losses`.

    Parameters
    ----------
    network
        Mapping with ``class`` and ``params``.
    recipe
        Mapping with ``epochs``, ``batch_size``, ``learning_rate``, ``schedule``, ``noise`` and
        ``adversarial`` (each of the last two may be None), see
        :func:`mishear.study.trainings.training_settings`.
    data
        The recordings.
    seed
        Seed of the weights and of the order of the recordings.
    device
        Where to train.
    checkpoint
        Where the state is kept after each epoch. A training that finds one there resumes from it
        and ends in the same weights as one that was never interrupted.
    """
    torch.manual_seed(seed)
    inputs, division = data.inputs, data.division
    model = prepared(build_network(network, len(division.classes)), device)
    state = begin(model, recipe, len(inputs), seed, checkpoint)
    targets = torch.from_numpy(division.class_indices)
    validation = division.rows("validation")
    epochs = range(len(state.history) + 1, recipe["epochs"] + 1)
    for epoch in tqdm(epochs, desc="training", unit="epoch", disable=None):
        start = time.perf_counter()
        row = {"epoch": epoch, **_train_epoch(state, inputs, recipe, data.bounds)}
        loss, correct = loss_and_correct(model, inputs.clean, targets, validation)
        check_convergence(epoch, recipe, row["train_loss"], loss)
        row |= {"validation_loss": loss, "validation_accuracy": correct / len(validation)}
        row |= {"seconds": time.perf_counter() - start, **asdict(environment_of(device))}
        state.history.append(row)
        log.info("epoch %(epoch)d: validation accuracy %(validation_accuracy).4f", row)
        if checkpoint:
            checkpoint.save(state.saved())
    accuracies = accuracies_of_splits(model, inputs.clean, targets, division)
    return Trained(model, state.history, accuracies)


def check_convergence(epoch: int, recipe: Mapping[str, Any], *losses: float) -> None:
    """Check that losses after an epoch are finite.

    Raises
    ------
    UserError
        If one is not, naming the parts of the recipe that may be too large.
    """
    if all(map(math.isfinite, losses)):
        return
    beta = (recipe["adversarial"] or {}).get("beta")
    other = "" if beta is None else f", or its adversarial.beta, which is {beta:g}"
    raise UserError(
        f"The training diverged: after epoch {epoch} the loss is not finite. Lower the recipe's "
        f"learning_rate, which is {recipe['learning_rate']:g}{other}."
    )


def _train_epoch(
    state: TrainingState, inputs: TrainingInputs, recipe: Mapping[str, Any], bounds: Bounds
) -> dict[str, float]:
    """Train on every recording once; return the training figures of the epoch."""
    state.model.train()
    labels = torch.from_numpy(inputs.chosen.labels)
    order = torch.randperm(len(inputs), generator=state.shuffle)
    total_loss, total_correct = 0.0, 0
    at_once = recipe["batch_size"]
    batches = order.split(recipe["batch_size"])
    for number, batch in enumerate(batches):
        progress = (len(state.history) + number / len(batches)) / recipe["epochs"]
        loss_of = partial(
            training_loss, state.model, recipe=recipe, bounds=bounds, progress=progress
        )
        loss, correct, at_once = _step(state, inputs, labels, batch, at_once, loss_of)
        total_loss += loss
        total_correct += correct
    return {"train_loss": total_loss / len(order), "train_accuracy": total_correct / len(order)}


def _step(
    state: TrainingState,
    inputs: TrainingInputs,
    labels: torch.Tensor,
    batch: torch.Tensor,
    at_once: int,
    loss_of: LossOf,
) -> tuple[float, int, int]:
    """Take one step; return the sum of losses, correct predictions and recordings at once.

    The gradient is that of the whole batch even where the GPU's memory holds only parts of it.
    """
    while (sums := _gradient(state, inputs, labels, batch, at_once, loss_of)) is None:
        at_once = halved(min(at_once, len(batch)))
    state.optimiser.step()
    state.schedule.step()
    return *sums, at_once


def _gradient(
    state: TrainingState,
    inputs: TrainingInputs,
    labels: torch.Tensor,
    batch: torch.Tensor,
    at_once: int,
    loss_of: LossOf,
) -> tuple[float, int] | None:
    """Compute the gradient of a batch; None where the GPU's memory does not suffice.

    Returns the sum of losses and the number of correct predictions.
    """
    state.optimiser.zero_grad()
    total_loss, correct = 0.0, 0
    try:
        for part in batch.split(at_once):
            expected = labels[part].to(state.device)
            read = torch.from_numpy(inputs[part.numpy()]).to(state.device)
            loss, logits = loss_of(read, expected)
            (loss * (len(part) / len(batch))).backward()
            total_loss += loss.item() * len(part)
            correct += (logits.argmax(1) == expected).sum().item()
    except torch.OutOfMemoryError:
        return None
    return total_loss, correct


def write_training(
    trained: Trained, weights: Path, history_table: Path, accuracy_file: Path
) -> None:
    """Write a victim's weights (a plain state dict), its history and its accuracies.

    Parameters
    ----------
    trained
        From :func:`train`.
    weights, history_table, accuracy_file
        The files: a torch archive, CSV and JSON.
    """
    HISTORY.write(trained.history, history_table)
    with atomic_path(accuracy_file) as temporary:
        temporary.write_text(json.dumps(trained.accuracies, indent=1) + "\n")
    state = {key: value.cpu().contiguous() for key, value in trained.network.state_dict().items()}
    # An open file, so that a full disk is an OSError.
    with atomic_path(weights) as temporary, temporary.open("wb") as file:
        torch.save(state, file)
