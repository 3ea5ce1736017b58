"""Check the sizes of checks and of the report against the units of the study's front ends."""

import numpy as np
from torch import nn

from mishear.config.base import Sizes
from mishear.config.config import Config
from mishear.core.errors import UserError
from mishear.core.units import sized
from mishear.features.front_ends.building import build_front_end, range_of, unit_of
from mishear.study.evaluations import evaluations
from mishear.study.kept import on_inputs


def check_sizes(config: Config) -> None:
    """Check that ``checks.eps`` and ``report.gallery.eps`` mean something for every front end.

    Raises
    ------
    UserError
        If one number stands for front ends of several units, or a size is larger than the range of
        a front end.
    """
    attacked = dict.fromkeys(
        found.victim.front_end for found in evaluations(config) if on_inputs(config, found)
    )
    built = {
        name: build_front_end(
            config.front_ends[name].model_dump(by_alias=True), f"front_ends.{name}"
        )
        for name in attacked
    }
    for where, given in (
        ("checks.eps", config.checks.eps),
        ("report.gallery.eps", config.report.gallery.eps),
    ):
        _check_units(where, given, built)
        for name, front_end in built.items():
            size = given.get(name) if isinstance(given, dict) else given
            _check_range(where, size, name, front_end)


def _check_units(where: str, given: Sizes, built: dict[str, nn.Module]) -> None:
    units = {name: unit_of(front_end) for name, front_end in built.items()}
    if not isinstance(given, float) or len(set(units.values())) < 2:
        return
    named = ", ".join(f"'{name}' ({unit or 'no unit'})" for name, unit in units.items())
    example = ", ".join(f"{name}: ..." for name in units)
    raise UserError(
        f"{where}: {given:g} cannot stand for front ends of different units: {named}. Give a size "
        f"for each, {where}: {{{example}}}, or leave the key out."
    )


def _check_range(where: str, size: float | None, name: str, front_end: nn.Module) -> None:
    low, high = range_of(front_end)
    if size is None or not np.isfinite(high - low) or size < high - low:
        return
    raise UserError(
        f"{where}: {sized(size, unit_of(front_end))} is as large as the whole range of front end "
        f"'{name}', {low:g} to {high:g}. Give a size in its unit, or leave the key out."
    )
