"""The state of a training between two epochs, from which it can be resumed."""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.optim import lr_scheduler

from mishear.training.checkpoints import Checkpoint

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingState:
    """A training between two epochs.

    Attributes
    ----------
    model : torch.nn.Module
    optimiser : torch.optim.Optimizer
    schedule : torch.optim.lr_scheduler.LRScheduler
        Of the learning rate, advanced after each step.
    shuffle : torch.Generator
        Draws the order of the recordings.
    history : list of dict
        A row per finished epoch.
    """

    model: nn.Module
    optimiser: torch.optim.Optimizer
    schedule: lr_scheduler.LRScheduler
    shuffle: torch.Generator
    history: list[dict[str, Any]]

    @property
    def device(self) -> torch.device:
        """The device of the model."""
        return next(self.model.parameters()).device

    def saved(self) -> dict[str, Any]:
        """Collect everything that later epochs depend on."""
        return {
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "shuffle": self.shuffle.get_state(),
            "random": torch.get_rng_state(),
            "cuda_random": torch.cuda.get_rng_state_all() if self.device.type == "cuda" else [],
            "history": self.history,
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go back to the state that :meth:`saved` collected."""
        self.model.load_state_dict(saved["model"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.schedule.load_state_dict(saved["schedule"])
        self.shuffle.set_state(saved["shuffle"].cpu())
        torch.set_rng_state(saved["random"].cpu())
        if self.device.type == "cuda":
            torch.cuda.set_rng_state_all([each.cpu() for each in saved["cuda_random"]])
        self.history.extend(saved["history"])


def begin(
    model: nn.Module,
    recipe: Mapping[str, Any],
    count: int,
    seed: int,
    checkpoint: Checkpoint | None,
) -> TrainingState:
    """Set up a training, or resume it from its checkpoint.

    Parameters
    ----------
    model
        Untrained, on its device.
    recipe
        Mapping with ``epochs``, ``batch_size``, ``learning_rate`` and ``schedule``.
    count
        Number of recordings trained on.
    seed
        Seed of the order of the recordings.
    checkpoint
        Where an interrupted training may have left its state.
    """
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe["learning_rate"], fused=True)
    steps = recipe["epochs"] * math.ceil(count / recipe["batch_size"])
    schedule = learning_rates(optimiser, recipe, steps)
    state = TrainingState(model, optimiser, schedule, torch.Generator().manual_seed(seed), [])
    saved = checkpoint.load(state.device) if checkpoint else None
    if saved is not None:
        state.restore(saved)
        log.info("resuming after epoch %d of %d", len(state.history), recipe["epochs"])
    return state


def learning_rates(
    optimiser: torch.optim.Optimizer, recipe: Mapping[str, Any], steps: int
) -> lr_scheduler.LRScheduler:
    """Schedule the learning rate: ``one-cycle``, ``cosine``, or constant."""
    match recipe["schedule"]:
        case "one-cycle":
            return lr_scheduler.OneCycleLR(optimiser, recipe["learning_rate"], total_steps=steps)
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimiser, steps)
    return lr_scheduler.ConstantLR(optimiser, factor=1)
