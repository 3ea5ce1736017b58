"""Wording that captions, titles and legends share."""

import numpy as np

from mishear.study.paths import number_name

NORMS = {"linf": "L∞", "l2": "L2", "l1": "L1", "l0": "L0"}


def limit(eps: float) -> str:
    """Put the limit of an attack on the spectrogram into words."""
    return "no limit on the change" if np.isinf(eps) else f"eps {number_name(eps)} dB"
