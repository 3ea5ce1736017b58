"""Load a trained victim behind its defences from the files of a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mishear.core.modules import add_packages
from mishear.defences.chains import build_defences
from mishear.defences.defended import DefendedVictim
from mishear.features.bounds import read_bounds
from mishear.features.split import Division, read_split
from mishear.training.building import load_victim


@dataclass(frozen=True)
class VictimFiles:
    """The files and definitions that make up a victim.

    Attributes
    ----------
    network : mapping
        ``class`` and ``params``; for a trained model also its ``labels``.
    weights : Path
        The network's state dict.
    split : Path
        Classes and splits of the corpus.
    bounds : Path
        Range of the corpus's inputs.
    defences : sequence of mapping
        As for :func:`mishear.defences.chains.build_defences`; may be empty.
    packages : Path or None
        Folder of other libraries' packages, for defences that need them.
    source : Path or None
        For a transfer attack the state dict of the source model, the same network without
        defences.
    """

    network: Mapping[str, Any]
    weights: Path
    split: Path
    bounds: Path
    defences: Sequence[Mapping[str, Any]] = ()
    packages: Path | None = None
    source: Path | None = None

    @classmethod
    def of_job(cls, inputs: Any, params: Any) -> "VictimFiles":
        """Take them from the ``input`` and ``params`` of one of the workflow's jobs.

        Parameters
        ----------
        inputs
            Has ``victim``, ``split`` and ``bounds``; may have ``library_packages`` and
            ``source``.
        params
            Has ``network``; may have ``defence``.
        """

        def path(name: str) -> Path | None:
            return Path(getattr(inputs, name)) if hasattr(inputs, name) else None

        return cls(
            network=params.network,
            weights=Path(inputs.victim),
            split=Path(inputs.split),
            bounds=Path(inputs.bounds),
            defences=getattr(params, "defence", ()),
            packages=path("library_packages"),
            source=path("source"),
        )


@dataclass(frozen=True)
class LoadedVictim:
    """A victim with what is needed to use it.

    Attributes
    ----------
    model : DefendedVictim
        In evaluation mode, with frozen parameters.
    division : Division
        Recordings of the corpus, their classes and splits.
    bounds : tuple of float
        Lowest and highest value of the corpus's inputs.
    device : torch.device
        Where the model is.
    source : DefendedVictim or None
        Source model of transfer attacks, like ``model``.
    """

    model: DefendedVictim
    division: Division
    bounds: tuple[float, float]
    device: torch.device
    source: DefendedVictim | None = None


def load_defended(files: VictimFiles, device: torch.device) -> LoadedVictim:
    """Load a victim behind its defences.

    Parameters
    ----------
    files
        What the victim consists of.
    device
        Where it will run.

    Raises
    ------
    UserError
        If a defence cannot be built.
    """
    if files.packages is not None:
        add_packages(files.packages)
    division, bounds = read_split(files.split), read_bounds(files.bounds)

    def defended(weights: Path, defences: Sequence[Mapping[str, Any]]) -> DefendedVictim:
        network = load_victim(files.network, division.classes, weights, device)
        return DefendedVictim(network, build_defences(defences, bounds)).eval()

    return LoadedVictim(
        model=defended(files.weights, files.defences),
        division=division,
        bounds=bounds,
        device=device,
        source=defended(files.source, ()) if files.source else None,
    )
