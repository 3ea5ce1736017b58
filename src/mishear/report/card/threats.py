"""The threat models of a study: what an attacker may change, knows and spends."""

from collections.abc import Mapping
from typing import Any

from mishear.attacks.queries import follows_gradient
from mishear.core.card.files import json_ready
from mishear.core.card.parts import Threat
from mishear.core.plugins import FAMILIES
from mishear.core.units import FULL_SCALE
from mishear.report.card.parameters import every_parameter
from mishear.study.paths import number_name

QUERIES = ("queries", "n_queries", "max_queries")
"""Names of the parameter that limits how often an attack asks the victim."""


def threat_of(row: Mapping[str, Any], config: Mapping[str, Any], unit: str) -> Threat | None:
    """Return the threat model of a row of ``summary_over_seeds.csv``; None for a corruption.

    Parameters
    ----------
    row
        Missing values are None.
    config
        See :func:`mishear.study.card.used_config`.
    unit
        Of the network's inputs.
    """
    name = row["attack"]
    if name is None:
        return None
    is_attack = name in config["attacks"]
    section = "attacks" if is_attack else "poisons"
    definition = config["attacks"][name] if is_attack else config["recipes"][name]["poison"]
    path = FAMILIES[section].path(definition["class"])
    params = every_parameter(section, definition)
    knowledge = _knowledge(row, definition["class"], is_attack)
    restarts = definition.get("restarts", 1)
    steps = params.get("steps")
    parts = [row["front_end"], name, f"eps{number_name(row['eps'])}", knowledge, row["gradient"]]
    parts += [row["source"]] if row["source"] else []
    return Threat(
        id="/".join(parts).replace(" ", "-"),
        attack=name,
        class_name=path,
        params=json_ready(params),
        restarts=restarts if is_attack else None,
        targets=definition.get("targets"),
        domain=row["domain"],
        norm=row["norm"],
        budget=row["budget"],
        eps=json_ready(row["eps"]),
        unit=_unit(row, unit),
        knowledge=knowledge,
        source=row["source"],
        gradient=row["gradient"],
        steps=steps if isinstance(steps, int) else None,
        queries=_queries(params, restarts),
    )


def _queries(params: Mapping[str, Any], restarts: int) -> int | None:
    """Return how often an attack may ask the victim about a recording, in all attempts."""
    given = next((params[key] for key in QUERIES if isinstance(params.get(key), int)), None)
    own = params.get("restarts")
    return None if given is None else given * restarts * (own if isinstance(own, int) else 1)


def _knowledge(row: Mapping[str, Any], name: str, is_attack: bool) -> str:
    if not is_attack:
        return "none"
    if row["source"]:
        return "transfer"
    # An attack that asks without a gradient at its end only, as AutoAttack does, needs one too.
    found = FAMILIES["attacks"].find(name, "attacks")
    return "white box" if follows_gradient(found) else "black box"


def _unit(row: Mapping[str, Any], unit: str) -> str:
    if row["domain"] == "spectrogram":
        return unit
    if row["domain"] == "label":
        return ""
    return "dB" if row["budget"] == "snr" else FULL_SCALE
