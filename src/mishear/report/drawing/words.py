"""Wording that captions, titles and legends share."""

from typing import Any

import numpy as np

from mishear.core.units import sized
from mishear.study.paths import number_name

NORMS = {"linf": "L∞", "l2": "L2", "l1": "L1", "l0": "L0"}


BOTH = "Bands and bars"
APART = "Curves are moved a little sideways, so that equal ones can be told apart."
INTERVALS_BELOW = (
    "Below each rate: its 95 % interval over {over}; left out where there are too many columns."
)
SPREAD = "Thin lines: the seeds with the lowest and the highest value."


def intervals(seeds: int, drawn: str = "Bands") -> str:
    """Say what the intervals are over that a figure shows, as bands or bars."""
    if seeds > 1:
        return f"{drawn}: 95 % intervals over {seeds} victims and the test recordings."
    return f"{drawn}: 95 % intervals of one victim each; another training may lie outside them."


def limit(eps: float, unit: str) -> str:
    """Put the limit of an attack on the input into words."""
    return "no limit on the change" if np.isinf(eps) else f"eps {sized(number_name(eps), unit)}"


def limit_in_words(budget: str, eps: float, unit: str) -> str:
    """Put the limit of an attack in any domain into words, with the unit of what it changes."""
    return f"SNR {number_name(eps)} dB" if budget == "snr" else limit(eps, unit)


def limit_of(row: Any) -> str:
    """Put the limit of an attack in any domain into words.

    Parameters
    ----------
    row
        Has ``budget`` and ``eps``.
    """
    if row.budget == "snr":
        return f"SNR {number_name(row.eps)} dB"
    return "no limit on the change" if np.isinf(row.eps) else f"eps {number_name(row.eps)}"


def changed(domain: str) -> str:
    """Say what is changed in a domain; ``spectrogram`` stands for the input, whatever it is."""
    return "input" if domain == "spectrogram" else domain
