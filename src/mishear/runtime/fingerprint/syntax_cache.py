"""Keep what is read of the syntax of each module, as Python keeps its bytecode.

Parsing all of the project takes half a second, and every Snakemake process does it. The statements
of a module are kept in the ``__pycache__`` beside it, with a hash of the source they were read
from. ``PYTHONDONTWRITEBYTECODE`` and ``PYTHONPYCACHEPREFIX`` count as they do for bytecode, and
where the folder cannot be written, nothing is kept.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.runtime.fingerprint import effects, scanning, syntax
from mishear.runtime.fingerprint.syntax import Module, Statement, Target, read_statements

_READER = (effects.__file__, scanning.__file__, syntax.__file__, __file__)
_FIELDS = tuple(each.name for each in fields(Statement))
_SETS = tuple(each.name for each in fields(Statement) if each.type == frozenset[str])
_TEXTS = ("given", "renames")


def read_module(file: Path, package: str) -> Module:
    """Read a Python file, or what was kept of it.

    Parameters
    ----------
    file
        Its path.
    package
        The package it belongs to, or is if it is an ``__init__.py``.

    Raises
    ------
    SyntaxError
        If it is not Python.
    """
    source = file.read_bytes()
    key = _key(source, package)
    place = Path(f"{cache_from_source(str(file))}.syntax.json")
    statements = _kept(place, key)
    if statements is None:
        statements = read_statements(source, str(file), package)
        _keep(statements, place, key)
    return Module.of(statements)


def _key(source: bytes, package: str) -> str:
    """Return a hash of all that the statements depend on."""
    parts = [source, package.encode(), _reader()]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


@cache
def _reader() -> bytes:
    """Return the code that reads and keeps statements."""
    return b"".join(Path(file).read_bytes() for file in _READER)


def _kept(place: Path, key: str) -> list[Statement] | None:
    """Return the statements kept with a key; None if there are none."""
    try:
        content = json.loads(place.read_bytes())
        if content["key"] == key:
            return [_statement(values) for values in content["statements"]]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # Nothing was kept, or somebody else wrote there.
    return None


def _keep(statements: Sequence[Statement], place: Path, key: str) -> None:
    if sys.dont_write_bytecode:
        return
    content = {"key": key, "statements": [_values(statement) for statement in statements]}
    try:
        with atomic_path(place) as partial:
            partial.write_text(json.dumps(content, separators=(",", ":")))
    except (OSError, UserError):
        pass  # It cannot be written, or another process writes it now; bytecode is no different.


def _values(statement: Statement) -> list[Any]:
    """Return the values of a statement's fields, in their order."""
    return [_plain(getattr(statement, name)) for name in _FIELDS]


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, dict):
        return {name: list(targets) for name, targets in value.items()}
    return value


def _statement(values: Sequence[Any]) -> Statement:
    named = dict(zip(_FIELDS, values, strict=True))
    for name in _SETS:
        named[name] = frozenset(named[name])
    for name in _TEXTS:
        named[name] = {key: tuple(texts) for key, texts in named[name].items()}
    aliases = named["aliases"].items()
    named["aliases"] = {
        name: tuple(Target(*target) for target in targets) for name, targets in aliases
    }
    return Statement(**named)
