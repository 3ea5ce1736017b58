"""Checkpoints, so that a training that was killed resumes after its last epoch."""

import hashlib
import json
import logging
import pickle
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mishear.core.files import atomic_path

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkpoint:
    """A file with the state after the last finished epoch.

    Attributes
    ----------
    path : Path
    key : str
        Identifies everything that the training depends on, see :func:`training_key`; a state
        saved under another key is ignored.
    """

    path: Path
    key: str

    def save(self, state: Mapping[str, Any]) -> None:
        """Replace the state in one step."""
        with atomic_path(self.path) as temporary, temporary.open("wb") as file:
            torch.save({"key": self.key, "state": dict(state)}, file)

    def load(self, device: torch.device) -> dict[str, Any] | None:
        """Return the state, or None where there is none of this training."""
        if not self.path.exists():
            return None
        try:
            found = torch.load(self.path, map_location=device, weights_only=True)
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
            log.warning("%s cannot be read (%s): training from the start", self.path, error)
            return None
        if found["key"] != self.key:
            log.info("%s belongs to another training: training from the start", self.path)
            return None
        return found["state"]

    def remove(self) -> None:
        """Remove the file; a finished training needs none."""
        self.path.unlink(missing_ok=True)


def training_key(settings: Mapping[str, Any], inputs: Iterable[Path]) -> str:
    """Hash the settings of a training and the sizes and times of its input files.

    Parameters
    ----------
    settings
        Serialisable as JSON.
    inputs
        The files that it reads.
    """
    files = [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in inputs]
    text = json.dumps([dict(settings), files], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
