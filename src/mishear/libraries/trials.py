"""The components of other libraries, each used in several ways.

Errors are results here, with their text; no outcome is stated beforehand.
"""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.libraries.bench import Bench, Measured
from mishear.libraries.defences import (
    ADVERTORCH,
    ART,
    AdvertorchFilter,
    ArtPreprocessor,
    LibraryDefence,
)
from mishear.libraries.detectors import ArtActivationClustering, ArtSpectralSignatures
from mishear.libraries.packages import import_library
from mishear.libraries.probe_terms import ADAPTER, AS_DOCUMENTED, OWN_ARGUMENTS, WORKS
from mishear.libraries.training import train_with_art
from mishear.poisoning.detectors import Evidence
from mishear.poisoning.training_set import training_set
from mishear.training.building import build_network, prepared
from mishear.training.inputs import TrainingData, TrainingInputs

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


@dataclass(frozen=True)
class Trial:
    """A component used in one way; ``run`` uses it and measures the result."""

    library: str
    kind: str
    component: str
    usage: str
    arguments: Mapping[str, Any]
    run: Callable[[], Measured]


def outcome(run: Callable[[], Any]) -> tuple[str, Any]:
    """Return ``works`` and the result, or an error as one line and None."""
    try:
        return WORKS, run()
    except Exception as error:
        text = str(error)
        if not isinstance(error, ImportRefused):
            text = f"{type(error).__name__}: {text}"
        # Without the place of a file on this machine.
        return re.sub(r" \(/[^)]*\)$", "", " ".join(text.split()))[:LONGEST_ERROR], None


def defence_trials(bench: Bench) -> Iterator[Trial]:
    """Try defences at inference: preprocessors of ART, filters of advertorch."""
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
"""Arguments of any component that describe the data or what it is applied to."""


def _describing(found: type, bounds: tuple[float, float]) -> dict[str, Any]:
    accepted = inspect.signature(found).parameters
    return {name: value(bounds) for name, value in DESCRIBING.items() if name in accepted}


class ImportRefused(Exception):
    """A library cannot be imported as its documentation says; the text is Python's error."""


def _import_error(module: str) -> str | None:
    """Return the last line of Python's error when a module is imported in another process."""
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
    """Use a preprocessor in ART's classifier, as ART documents it."""
    component = getattr(import_library(HOMES["ART"]), name)(**arguments)
    classifier = bench.as_art_classifier(bench.victim, preprocessing_defences=[component])
    inputs, targets = bench.inputs("test"), bench.one_hot("test")
    measured = bench.accuracy(classifier.predict(inputs))
    if component.apply_predict:
        measured |= _change(inputs[FEW], component(inputs[FEW])[0])
    gradient, _ = outcome(lambda: classifier.loss_gradient(inputs[FEW], targets[FEW]))
    return measured | {"gradient": gradient}


def _with_advertorch(bench: Bench, name: str, arguments: Mapping[str, Any]) -> Measured:
    """Use a filter before the victim in a ``nn.Sequential``, as advertorch documents it."""
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
    gradient, _ = outcome(lambda: torch.autograd.grad(defended(few).sum(), few))
    return {
        **bench.accuracy(bench.logits(defended)),
        **_change(few.detach().cpu().numpy(), changed.cpu().numpy()),
        "gradient": gradient,
    }


def _change(before: np.ndarray, after: np.ndarray) -> Measured:
    return {
        "dtype": str(after.dtype),
        "lowest": float(after.min()),
        "highest": float(after.max()),
        "mean_change": float(np.abs(after - before).mean()),
    }


def training_trials(bench: Bench) -> Iterator[Trial]:
    """Try adversarial training."""
    trial = partial(Trial, "ART", "training", "AdversarialTrainerMadryPGD")
    yield trial(AS_DOCUMENTED, {"nb_epochs": 1}, partial(_train_as_documented, bench))
    yield trial(ADAPTER, TRAINING["adversarial"], partial(_train_with_adapter, bench))


def _train_as_documented(bench: Bench) -> Measured:
    """Train one epoch with ART's defaults, which are for pixels from 0 to 255."""
    model = prepared(build_network(bench.network, bench.classes), bench.device)
    optimiser = torch.optim.Adam(model.parameters(), lr=TRAINING["learning_rate"])
    classifier = bench.as_art_classifier(model, optimizer=optimiser)
    found = import_library("art.defences.trainer").AdversarialTrainerMadryPGD
    found(classifier, nb_epochs=1).fit(bench.inputs("train"), bench.one_hot("train"))
    return bench.accuracy(bench.logits(model.eval()))


def _train_with_adapter(bench: Bench) -> Measured:
    inputs = TrainingInputs(bench.clean, None, training_set(bench.division, None, bench.seed))
    data = TrainingData(inputs, bench.division, bench.bounds)
    trained = train_with_art(bench.network, TRAINING, data, bench.seed, bench.device)
    return bench.accuracy(bench.logits(trained.network.eval()))


def detector_trials(bench: Bench) -> Iterator[Trial]:
    """Try detectors of poison."""
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
    return {"false_positive_rate": float(flags.mean()), "n": len(flags)}
