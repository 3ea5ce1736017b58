"""What the attacks behind a number know of the victim, and at what they aim, in a few words."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from mishear.core.plugins import FAMILIES
from mishear.study.black_boxes import uses_gradient
from mishear.study.reported import AttackDefinition

Attacks = Mapping[str, AttackDefinition]
"""Definitions by the names of the attacks."""

AIMS = {
    "untargeted": "untargeted",
    "least-likely": "aimed at the least likely class",
    "random": "aimed at a random class",
    "every": "aimed at each wrong class in turn",
}


WAYS = {"adaptive_accuracy": "through the defence", "transfer_accuracy": "transfer"}
"""How a victim was attacked, by the column that then has a number."""


def undefended(attacks: Attacks, names: Iterable[str]) -> str:
    """Say under which conditions attacks met a victim without a defence."""
    return _joined(conditions(attacks, names), "there is no defence to adapt to")


def defended(attacks: Attacks, row: Any) -> str:
    """Say the same of one with a defence, from its row of ``robustness_over_seeds.csv``."""
    ways = [words for column, words in WAYS.items() if pd.notna(getattr(row, column))]
    return _joined(", and ".join(ways), conditions(attacks, row.attacks.split()))


def conditions(attacks: Attacks, names: Iterable[str]) -> str:
    """Return words such as ``white box, untargeted``.

    Parameters
    ----------
    attacks
        What a class of the user's own knows is not said.
    names
        Of those that are meant. Nothing is said of one without a definition.
    """
    found = [attacks[name] for name in names if name in attacks]
    known = dict.fromkeys(filter(None, map(_knowledge, found)))
    aims = dict.fromkeys(AIMS.get(attack.targets, attack.targets) for attack in found)
    return ", ".join(" and ".join(words) for words in (known, aims) if words)


def _joined(*texts: str) -> str:
    return "; ".join(filter(None, texts))


def _knowledge(attack: AttackDefinition) -> str:
    path = FAMILIES["attacks"].path(attack.class_)
    if path.partition(".")[0] not in ("foolbox", "mishear"):
        return ""
    return "white box" if uses_gradient(path) else "black box"
