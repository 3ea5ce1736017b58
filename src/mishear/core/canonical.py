"""Text that is the same for equal values."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any


class Unrecorded(float):
    """A number that no result depends on: it looks the same whatever its value is.

    Snakemake compares the parameters of a job by their representation, so that another value makes
    no result anew; neither does it change the place of one.
    """

    def __repr__(self) -> str:
        return type(self).__name__


class UnrecordedFiles(tuple):
    """Paths of files whose content counts, wherever they lie: it looks the same whatever they are.

    See :class:`Unrecorded`.
    """

    def __repr__(self) -> str:
        return type(self).__name__


def canonical(content: Any) -> str:
    """Return text that is the same for equal values: ``3`` and ``3.0``, keys in any order.

    Text stays text. Where it stands for a number, as in the params of a class that declares one, it
    is to be replaced before, see :func:`mishear.preflight.examined.use_types`.
    """
    return json.dumps(_plain(content), sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Unrecorded | UnrecordedFiles):
        return repr(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
