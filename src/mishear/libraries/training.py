"""Adversarial training by IBM's Adversarial Robustness Toolbox."""

import contextlib
import io
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.libraries.defences import art_classifier
from mishear.libraries.packages import import_library
from mishear.runtime.environment import environment_of
from mishear.training.accuracy import accuracies_of_splits, loss_and_correct
from mishear.training.building import build_network, prepared
from mishear.training.inputs import TrainingData
from mishear.training.trainer import Trained, check_convergence

log = logging.getLogger(__name__)


def train_with_art(
    network: Mapping[str, Any],
    recipe: Mapping[str, Any],
    data: TrainingData,
    seed: int,
    device: torch.device,
) -> Trained:
    """Train a network with ART's ``AdversarialTrainerMadryPGD`` (Madry et al. 2018).

    Every step is taken on the adversarial inputs that PGD finds for a batch; Adam, a fixed number
    of epochs, the last one is kept. ART needs all training recordings in memory.

    Parameters
    ----------
    network
        Mapping with ``class`` and ``params``.
    recipe
        Mapping with ``epochs``, ``batch_size``, ``learning_rate`` and ``adversarial``: ``eps``
        (dB), ``steps``, ``rel_stepsize`` (of eps) and ``random_start``.
    data
        The recordings, in the order of the training rows of their ``division``.
    seed
        Seed of the weights, the order of the recordings and the random starts.
    device
        Where to train.

    Returns
    -------
    Trained
        ART reports nothing while it trains: the training figures of the history are measured
        after the epoch, on clean recordings.

    Raises
    ------
    UserError
        If ART is not installed, or the training diverges.
    """
    torch.manual_seed(seed)
    np.random.seed(seed)
    inputs, division = data.inputs, data.division
    model = prepared(build_network(network, len(division.classes)), device)
    spectrograms = inputs[np.arange(len(inputs))]
    trainer = _trainer(model, recipe, spectrograms.shape[1:], len(division.classes), data.bounds)
    labels = inputs.chosen.labels
    one_hot = np.eye(len(division.classes), dtype=np.float32)[labels]
    targets = torch.from_numpy(division.class_indices)
    history = []
    for epoch in range(1, recipe["epochs"] + 1):
        start = time.perf_counter()
        # Its progress bars cannot be turned off.
        with contextlib.redirect_stderr(io.StringIO()):
            trainer.fit(spectrograms, one_hot, nb_epochs=1)
        row: dict[str, Any] = {"epoch": epoch}
        for split in ("train", "validation"):
            rows = division.rows(split)
            loss, correct = loss_and_correct(model, inputs.clean, targets, rows)
            check_convergence(epoch, recipe, loss)
            row |= {f"{split}_loss": loss, f"{split}_accuracy": correct / len(rows)}
        seconds = time.perf_counter() - start
        history.append(row | {"seconds": seconds, **asdict(environment_of(device))})
        log.info("epoch %d: validation accuracy %.4f", epoch, row["validation_accuracy"])
    return Trained(model, history, accuracies_of_splits(model, inputs.clean, targets, division))


def _trainer(
    model: nn.Module,
    recipe: Mapping[str, Any],
    input_shape: tuple[int, ...],
    classes: int,
    bounds: tuple[float, float],
) -> Any:
    adversarial = recipe["adversarial"]
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe["learning_rate"], fused=True)
    return import_library("art.defences.trainer").AdversarialTrainerMadryPGD(
        art_classifier(model, input_shape, classes, bounds, optimizer=optimiser),
        batch_size=recipe["batch_size"],
        eps=adversarial["eps"],
        eps_step=adversarial["rel_stepsize"] * adversarial["eps"],
        max_iter=adversarial["steps"],
        num_random_init=int(adversarial["random_start"]),
    )
