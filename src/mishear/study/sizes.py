"""The one size of a perturbation that checks compare at, or the report shows, by front end.

Sizes are in the unit of the front end, so one number does not fit them all.
"""

from collections.abc import Mapping
from math import isfinite

from mishear.config.base import Sizes
from mishear.config.config import Config

IN_DECIBELS = 0.5
"""Size where none is given and the network's inputs are in dB."""


def check_size(config: Config, names: Mapping[str, str]) -> float:
    """Return the size at which the attacks on a victim are compared.

    Parameters
    ----------
    config
        The config.
    names
        Has ``front_end`` and ``network``.
    """
    return _size(config, config.checks.eps, names)


def shown_size(config: Config, names: Mapping[str, str]) -> float:
    """Return the size that is shown of the attacks on a setting where only one can be."""
    return _size(config, config.report.gallery.eps, names)


def _size(config: Config, given: Sizes, names: Mapping[str, str]) -> float:
    if isinstance(given, float):
        return given
    front_end = names["front_end"]
    if given and front_end in given:
        return given[front_end]
    listed = _listed(config, names["network"])
    if not listed or config.front_ends[front_end].is_in_decibels:
        return IN_DECIBELS
    return listed[(len(listed) - 1) // 2]


def _listed(config: Config, network: str) -> list[float]:
    """Return every finite eps of the attacks on a network's inputs, the smallest first."""
    own = config.networks[network].attacks
    named = [config.study.attacks if own is None else own]
    named += [config.recipes[name].attacks or [] for name in config.study.recipes]
    named += [
        config.defences[name].attacks or []
        for name in config.study.defences
        if name in config.defences
    ]
    attacks = [config.attacks[name] for names in named for name in names]
    return sorted(
        {
            eps
            for attack in attacks
            if attack.domain == "spectrogram"
            for eps in attack.eps
            if isfinite(eps)
        }
    )
