"""What the components of other libraries do with a victim on PyTorch, found out by running them.

Each component is used in several ways, see :mod:`mishear.libraries.probe_terms`. What it does is
written down as it happens, errors with their text; nothing is stated here beforehand.
"""

import contextlib
import inspect
import io
import logging
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.core.arrays import RowsOnDisk
from mishear.core.errors import UserError
from mishear.core.tables.libraries import PROBE
from mishear.features.split import Division
from mishear.libraries.defences import (
    ADVERTORCH,
    ART,
    AdvertorchFilter,
    ArtPreprocessor,
    LibraryDefence,
    art_classifier,
)
from mishear.libraries.detectors import ArtActivationClustering, ArtSpectralSignatures
from mishear.libraries.packages import BY_HAND, import_library
from mishear.libraries.probe_terms import ADAPTER, AS_DOCUMENTED, OWN_ARGUMENTS, WORKS
from mishear.libraries.training import train_with_art
from mishear.poisoning.detectors import Evidence
from mishear.poisoning.training_set import training_set
from mishear.training.inputs import TrainingData, TrainingInputs
from mishear.training.networks import build_network, prepared

log = logging.getLogger(__name__)

PACKAGES = {"ART": "adversarial-robustness-toolbox", "advertorch": "advertorch"}
HOMES = {"ART": "art.defences.preprocessor", "advertorch": "advertorch.defenses"}

SHOWN: dict[str, dict[str, Any]] = {
    "FeatureSqueezing": {"clip_values": (0, 1)},
    "JpegCompression": {"clip_values": (0, 1)},
    "AverageSmoothing2D": {"channels": 1, "kernel_size": 3},
    "BitSqueezing": {"bit_depth": 5},
    "GaussianSmoothing2D": {"channels": 1, "sigma": 1},
}
"""Arguments without a default, as the libraries' own examples and tests have them."""

TRAINING = {
    "epochs": 1,
    "batch_size": 16,
    "learning_rate": 0.001,
    "adversarial": {"eps": 0.5, "steps": 5, "rel_stepsize": 0.25, "random_start": True},
}
"""With the adapter of ART's trainer; eps in dB."""

LONGEST_ERROR = 300
FEW = slice(8)
"""Recordings on which gradients are tried and changes measured."""

Measured = dict[str, Any]
"""Some columns of a row."""


@dataclass(frozen=True)
class Bench:
    """What the components are tried on.

    Attributes
    ----------
    network
        The victim's ``class`` and ``params``.
    victim
        Trained, in evaluation mode, parameters frozen.
    clean
        Spectrograms of the whole corpus, shape (recordings, 1, n_mels, frames), dB.
    division
        Labels and splits.
    bounds
        Lowest and highest dB of the corpus.
    seed
        Of all that is drawn.
    device
        The victim's.
    limit
        Test recordings that are used at most, spread over the test split.
    """

    network: Mapping[str, Any]
    victim: nn.Module
    clean: np.ndarray | RowsOnDisk
    division: Division
    bounds: tuple[float, float]
    seed: int
    device: torch.device
    limit: int

    @property
    def classes(self) -> int:
        return len(self.division.classes)

    def rows(self, split: str) -> np.ndarray:
        rows = self.division.rows(split)
        return rows[:: math.ceil(len(rows) / self.limit)] if split == "test" else rows

    def inputs(self, split: str) -> np.ndarray:
        return np.ascontiguousarray(self.clean[self.rows(split)])

    def labels(self, split: str) -> np.ndarray:
        return self.division.class_indices[self.rows(split)]

    def one_hot(self, split: str) -> np.ndarray:
        return np.eye(self.classes, dtype=np.float32)[self.labels(split)]

    def as_art_classifier(self, model: nn.Module, **params) -> Any:
        return art_classifier(model, self.clean[:1].shape[1:], self.classes, self.bounds, **params)

    def accuracy(self, logits: np.ndarray) -> Measured:
        correct = logits.argmax(1) == self.labels("test")
        return {"clean_accuracy": float(correct.mean()), "n": len(correct)}


@dataclass(frozen=True)
class Trial:
    """A component used in one way; ``run`` does so and measures it."""

    library: str
    kind: str
    component: str
    usage: str
    arguments: Mapping[str, Any]
    run: Callable[[], Measured]


def probe_libraries(bench: Bench) -> list[dict[str, Any]]:
    """Use every component of `mishear.libraries.defences`, ART's trainer and its poison detectors.

    Returns
    -------
    list of dict
        A row per component and usage, see :data:`mishear.core.tables.libraries.PROBE`.

    Raises
    ------
    UserError
        If the libraries are not installed.
    """
    versions = {library: _version(package) for library, package in PACKAGES.items()}
    undefended = bench.accuracy(_logits(bench.victim, bench))["clean_accuracy"]
    trials = [*_transformations(bench), *_trainers(bench), *_detectors(bench)]
    rows = []
    for trial in trials:
        row = {
            "library": trial.library,
            "version": versions[trial.library],
            "kind": trial.kind,
            "component": trial.component,
            "usage": trial.usage,
            "arguments": _in_words(trial.arguments),
            "undefended_accuracy": undefended,
            **_tried(trial.run, bench.seed),
        }
        log.info("%(component)s, %(usage)s: %(outcome)s", row)
        rows.append(row)
    return rows


def write_probe(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write what :func:`probe_libraries` found; what a row does not have is empty."""
    PROBE.write((dict.fromkeys(PROBE.names) | row for row in rows), path)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError as error:
        raise UserError(
            f"{package} is not installed. In a run of the workflow the rule library_packages "
            f"installs it; elsewhere do so yourself ({BY_HAND}) and put the folder on PYTHONPATH."
        ) from error


def _tried(run: Callable[[], Measured], seed: int) -> Measured:
    """What a trial measured, or the error it ended with."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    start = time.perf_counter()
    # Some draw progress bars that cannot be turned off.
    with contextlib.redirect_stderr(io.StringIO()):
        outcome, measured = _outcome(run)
    return {"outcome": outcome, **(measured or {}), "seconds": time.perf_counter() - start}


def _outcome(run: Callable[[], Any]) -> tuple[str, Any]:
    """``works`` and what was returned, or an error as one line; any error is a result here."""
    try:
        return WORKS, run()
    except Exception as error:
        text = str(error)
        if not isinstance(error, ImportRefused):
            text = f"{type(error).__name__}: {text}"
        # Without the place of a file on this machine.
        return re.sub(r" \(/[^)]*\)$", "", " ".join(text.split()))[:LONGEST_ERROR], None


def _in_words(arguments: Mapping[str, Any]) -> str:
    def value(given: Any) -> str:
        if isinstance(given, tuple):
            return f"({', '.join(map(value, given))})"
        return f"{given:g}" if isinstance(given, float) else str(given)

    return ", ".join(f"{name}={value(given)}" for name, given in arguments.items())


# Defences at inference: preprocessors of ART, filters of advertorch


def _transformations(bench: Bench) -> Iterator[Trial]:
    adapters = {"ART": (ART, ArtPreprocessor), "advertorch": (ADVERTORCH, AdvertorchFilter)}
    uses = {"ART": _with_art, "advertorch": _with_advertorch}
    for library, (adaptations, adapter) in adapters.items():
        home = HOMES[library]
        refusal = _import_error(home)
        for name in adaptations:
            shown = SHOWN.get(name, {})
            own = shown | _describing(getattr(import_library(home), name), bench.bounds)
            use = partial(uses[library], bench, name)
            given = {key: value for key, value in shown.items() if key not in DESCRIBING}
            defence = partial(adapter, bench.bounds, name, **given)
            runs = {
                AS_DOCUMENTED: (shown, partial(_unless, refusal, partial(use, shown))),
                OWN_ARGUMENTS: (own, partial(use, own)),
                ADAPTER: (given, partial(_with_mishear, bench, defence)),
            }
            for usage, (arguments, run) in runs.items():
                yield Trial(library, "at inference", name, usage, arguments, run)


DESCRIBING = {
    "clip_values": lambda bounds: bounds,
    "vmin": lambda bounds: bounds[0],
    "vmax": lambda bounds: bounds[1],
    "channels": lambda bounds: 1,
    "channels_first": lambda bounds: True,
    "augmentation": lambda bounds: False,
    "apply_fit": lambda bounds: False,
    "apply_predict": lambda bounds: True,
}
"""Arguments, of whatever component, that describe the data or say what it is applied to."""


def _describing(found: type, bounds: tuple[float, float]) -> dict[str, Any]:
    accepted = inspect.signature(found).parameters
    return {name: value(bounds) for name, value in DESCRIBING.items() if name in accepted}


class ImportRefused(Exception):
    """A library that cannot be imported as its documentation says; the text is Python's error."""


def _import_error(module: str) -> str | None:
    """The last line of what Python says when a module is imported in a process of its own."""
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    return done.stderr.strip().splitlines()[-1] if done.returncode else None


def _unless(refusal: str | None, run: Callable[[], Measured]) -> Measured:
    if refusal:
        raise ImportRefused(refusal)
    return run()


def _with_art(bench: Bench, name: str, arguments: Mapping[str, Any]) -> Measured:
    """A preprocessor given to ART's classifier, as ART has it used."""
    component = getattr(import_library(HOMES["ART"]), name)(**arguments)
    classifier = bench.as_art_classifier(bench.victim, preprocessing_defences=[component])
    inputs, targets = bench.inputs("test"), bench.one_hot("test")
    measured = bench.accuracy(classifier.predict(inputs))
    if component.apply_predict:
        measured |= _change(inputs[FEW], component(inputs[FEW])[0])
    gradient, _ = _outcome(lambda: classifier.loss_gradient(inputs[FEW], targets[FEW]))
    return measured | {"gradient": gradient}


def _with_advertorch(bench: Bench, name: str, arguments: Mapping[str, Any]) -> Measured:
    """A filter before the victim in a ``nn.Sequential``, as advertorch has it used."""
    component = getattr(import_library(HOMES["advertorch"]), name)(**arguments).to(bench.device)
    return _in_sequence(bench, component)


def _with_mishear(bench: Bench, defence: Callable[[], LibraryDefence]) -> Measured:
    built = defence()
    measured = _in_sequence(bench, built)
    if measured["gradient"] == WORKS:
        measured["gradient"] = f"{WORKS} ({built.gradient})"
    return measured


def _in_sequence(bench: Bench, component: nn.Module) -> Measured:
    defended = nn.Sequential(component, bench.victim)
    few = torch.from_numpy(bench.inputs("test")[FEW]).to(bench.device)
    with torch.no_grad():
        changed = component(few)
    few.requires_grad_()
    gradient, _ = _outcome(lambda: torch.autograd.grad(defended(few).sum(), few))
    return {
        **bench.accuracy(_logits(defended, bench)),
        **_change(few.detach().cpu().numpy(), changed.cpu().numpy()),
        "gradient": gradient,
    }


@torch.no_grad()
def _logits(model: nn.Module, bench: Bench) -> np.ndarray:
    return model(torch.from_numpy(bench.inputs("test")).to(bench.device)).cpu().numpy()


def _change(before: np.ndarray, after: np.ndarray) -> Measured:
    return {
        "dtype": str(after.dtype),
        "lowest": float(after.min()),
        "highest": float(after.max()),
        "mean_change": float(np.abs(after - before).mean()),
    }


# Adversarial training


def _trainers(bench: Bench) -> Iterator[Trial]:
    trial = partial(Trial, "ART", "training", "AdversarialTrainerMadryPGD")
    yield trial(AS_DOCUMENTED, {"nb_epochs": 1}, partial(_train_as_documented, bench))
    yield trial(ADAPTER, TRAINING["adversarial"], partial(_train_with_adapter, bench))


def _train_as_documented(bench: Bench) -> Measured:
    """One epoch; all else are ART's defaults, which are for pixels from 0 to 255."""
    model = prepared(build_network(bench.network, bench.classes), bench.device)
    optimiser = torch.optim.Adam(model.parameters(), lr=TRAINING["learning_rate"])
    classifier = bench.as_art_classifier(model, optimizer=optimiser)
    found = import_library("art.defences.trainer").AdversarialTrainerMadryPGD
    found(classifier, nb_epochs=1).fit(bench.inputs("train"), bench.one_hot("train"))
    return bench.accuracy(_logits(model.eval(), bench))


def _train_with_adapter(bench: Bench) -> Measured:
    inputs = TrainingInputs(bench.clean, None, training_set(bench.division, None, bench.seed))
    data = TrainingData(inputs, bench.division, bench.bounds)
    trained = train_with_art(bench.network, TRAINING, data, bench.seed, bench.device)
    return bench.accuracy(_logits(trained.network.eval(), bench))


# Detection of poison


def _detectors(bench: Bench) -> Iterator[Trial]:
    found = {
        "ActivationDefence": ArtActivationClustering,
        "SpectralSignatureDefense": ArtSpectralSignatures,
    }
    for name, adapter in found.items():
        trial = partial(Trial, "ART", "detector", name)
        yield trial(AS_DOCUMENTED, {}, partial(_detect_as_documented, bench, name))
        yield trial(ADAPTER, {}, partial(_detect_with_adapter, bench, adapter()))


def _detect_as_documented(bench: Bench, name: str) -> Measured:
    found = getattr(import_library("art.defences.detector.poison"), name)
    classifier = bench.as_art_classifier(bench.victim)
    detector = found(classifier, bench.inputs("train"), bench.one_hot("train"))
    _, is_clean = detector.detect_poison()
    return _flagged(np.array(is_clean) == 0)


def _detect_with_adapter(
    bench: Bench, detector: ArtActivationClustering | ArtSpectralSignatures
) -> Measured:
    inputs, labels = bench.inputs("train").__getitem__, bench.labels("train")
    evidence = Evidence(bench.victim, inputs, labels, bench.device, bench.seed)
    return _flagged(detector.detect(evidence).flagged)


def _flagged(flags: np.ndarray) -> Measured:
    return {"flagged_share": float(flags.mean()), "n": len(flags)}
