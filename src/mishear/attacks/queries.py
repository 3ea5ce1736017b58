"""Attacks that only ask the victim: which they are, and how many queries they make."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.study.black_boxes import is_black_box, uses_gradient


def follows_gradient(attack: type) -> bool:
    """Return whether a class of attacks follows the victim's gradient.

    Parameters
    ----------
    attack
        A class of Foolbox or Mishear; any other may say so itself, by its attribute
        ``uses_gradient``, and counts as one that does unless it says it does not.
    """
    stated = getattr(attack, "uses_gradient", None)
    return uses_gradient(_path(attack)) if stated is None else bool(stated)


def asks_alone(attack: Any, victim: Any) -> bool:
    """Return whether an attack has to be run on each recording by itself.

    So it is where it may ask about some of the recordings, or many times about one, and the
    victim's answer depends on which recording is meant.
    """
    if not getattr(victim, "knows_recordings", False):
        return False
    cls = type(attack)
    searches = is_black_box(_path(cls), {}) or getattr(cls, "uses_gradient", None) is False
    return searches or getattr(cls, "asks_in_parts", False)


def _path(attack: type) -> str:
    return f"{attack.__module__}.{attack.__qualname__}"


@contextmanager
def counted_queries(victim: nn.Module, queries: np.ndarray, rows: torch.Tensor) -> Iterator[None]:
    """Count the inputs that a victim computes logits of.

    Parameters
    ----------
    victim
        The victim.
    queries
        Counts of the recordings of a batch, which are increased.
    rows
        The recordings that the victim is asked about. Each is taken to have an equal share.
    """
    spent: list[int] = []
    hook = victim.register_forward_pre_hook(lambda module, given: spent.append(len(given[0])))
    try:
        yield
    finally:
        hook.remove()
        queries[rows.cpu().numpy()] += sum(spent) / len(rows)
