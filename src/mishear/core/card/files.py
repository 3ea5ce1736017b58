"""Writing and reading cards, and their JSON schema."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mishear.core.card.parts import SCHEMA_VERSION, Card
from mishear.core.errors import UserError
from mishear.core.files import atomic_path


def json_ready(value: Any) -> Any:
    """Return a value as JSON can hold it: infinite numbers as text, NaN as null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): json_ready(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_ready(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def write_card(card: Card, path: str | Path) -> None:
    """Write a card."""
    with atomic_path(path) as temporary:
        text = json.dumps(json_ready(card.model_dump()), indent=1, ensure_ascii=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def read_card(path: str | Path) -> Card:
    """Read a card and check it against the schema.

    Raises
    ------
    UserError
        If it cannot be read, is of another version, or is no card.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not valid JSON: {error}.") from error
    version = content.get("schema_version") if isinstance(content, dict) else None
    if version != SCHEMA_VERSION:
        raise UserError(
            f"{path}: schema_version is {version!r}, but this version of Mishear reads "
            f"{SCHEMA_VERSION}. Read it with the version that wrote it, or write it anew."
        )
    try:
        return Card.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(f"{path} is not a card of Mishear: {where}: {first['msg']}.") from error


def schema() -> str:
    """Return the JSON schema of a card."""
    return json.dumps(Card.model_json_schema(), indent=1) + "\n"
