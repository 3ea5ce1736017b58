"""Probe how the components of other libraries work with a victim on PyTorch.

Each component is used in several ways, see :mod:`mishear.libraries.probe_terms`.
"""

import contextlib
import io
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mishear.core.errors import UserError
from mishear.core.tables.libraries import PROBE
from mishear.libraries.bench import Bench, Measured
from mishear.libraries.packages import BY_HAND
from mishear.libraries.trials import defence_trials, detector_trials, outcome, training_trials

log = logging.getLogger(__name__)

PACKAGES = {"ART": "adversarial-robustness-toolbox", "advertorch": "advertorch"}


def probe_libraries(bench: Bench) -> list[dict[str, Any]]:
    """Try every component of `mishear.libraries.defences`, ART's trainer and poison detectors.

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
    undefended = float(bench.undefended.mean())
    trials = [*defence_trials(bench), *training_trials(bench), *detector_trials(bench)]
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
    """Write the rows of :func:`probe_libraries`; missing values are empty."""
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
    """Run a trial and return its measurements, or the error it ended with."""
    torch.manual_seed(seed)
    np.random.seed(seed)
    start = time.perf_counter()
    # Some components draw progress bars that cannot be turned off.
    with contextlib.redirect_stderr(io.StringIO()):
        text, measured = outcome(run)
    return {"outcome": text, **(measured or {}), "seconds": time.perf_counter() - start}


def _in_words(arguments: Mapping[str, Any]) -> str:
    def value(given: Any) -> str:
        if isinstance(given, tuple):
            return f"({', '.join(map(value, given))})"
        return f"{given:g}" if isinstance(given, float) else str(given)

    return ", ".join(f"{name}={value(given)}" for name, given in arguments.items())
