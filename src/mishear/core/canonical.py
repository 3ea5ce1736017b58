"""Text that is the same for equal values."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


class Unrecorded(float):
    """A number that no result depends on: it looks the same whatever its value is.

    Snakemake compares the parameters of a job by their representation, so that another value makes
    no result anew; neither does it change the place of one.
    """

    def __repr__(self) -> str:
        return type(self).__name__


def canonical(content: Any) -> str:
    """Return text that is the same for equal values: ``3`` and ``3.0``, keys in any order."""
    return json.dumps(_plain(content), sort_keys=True, separators=(",", ":"))


def _plain(value: Any, numbers: bool = False) -> Any:
    """Return a value as JSON has it.

    Parameters
    ----------
    value
        The value.
    numbers
        Whether text may stand for a number, as in the keyword arguments of a class that declares
        one. ``1.10`` as text is more likely a version.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(each, numbers or key == "params") for key, each in value.items()}
    if isinstance(value, str):
        return _plain(float(value)) if numbers and _is_number(value) else value
    if isinstance(value, Iterable):
        return [_plain(each, numbers) for each in value]
    if isinstance(value, Unrecorded):
        return repr(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _is_number(text: str) -> bool:
    """Return whether text is the usual spelling of a number: no zeros at its ends."""
    if not _NUMBER.fullmatch(text):
        return False
    digits = re.split("[eE]", text)[0]
    return "." not in digits or digits.endswith(".0") or not digits.endswith("0")
