"""Wording of the mistakes in a config."""

import difflib
import reprlib
from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin

from mishear.config.base import NAME_PATTERN, Section, section_classes

_LONGEST = 200
"""Characters of a value in a message."""
_MOST_ITEMS = 10
"""Items of a list or mapping in a message."""

TAGS = {"source"}
"""Keys whose value decides which of several sections a mapping is."""


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """Return the allowed word that is nearest to a wrong one, as a question, or nothing."""
    close = difflib.get_close_matches(str(word), list(allowed), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def describe(problem: Mapping[str, Any], raw: Mapping[str, Any], root: type[Section]) -> str:
    """Describe a mistake that pydantic found in a sentence with its key and value.

    Parameters
    ----------
    problem
        One of pydantic's errors.
    raw
        The config as it was read.
    root
        Class of the whole config.
    """
    keys = _keys_in_config(problem["loc"], raw)
    where = ".".join(map(str, keys)) or "config"
    value = problem["input"]
    match problem["type"]:
        case "extra_forbidden":
            allowed = _allowed_keys(keys[:-1], raw, root)
            return (
                f"{where}: unknown key{suggestion(keys[-1], allowed)}. "
                f"Allowed here: {', '.join(allowed)}."
            )
        case "missing":
            return f"{where}: this key is required but missing."
        case "string_pattern_mismatch" if problem["ctx"]["pattern"] == NAME_PATTERN:
            return f"{where}: {shown(value)} is not a name; use letters, digits, '_', '.' and '-'."
        case "union_tag_invalid":
            key, tags = problem["ctx"]["discriminator"].strip("'"), problem["ctx"]["expected_tags"]
            return f"{where}.{key}: {problem['ctx']['tag']!r} is not allowed. Allowed: {tags}."
        case "union_tag_not_found":
            key = problem["ctx"]["discriminator"].strip("'")
            return f"{where}.{key}: this key is required but missing."
        case _:
            message = problem["msg"].removeprefix("Value error, ")
            if not message[:2].isupper():
                message = message[0].lower() + message[1:]
            return f"{where}: {shown(value)} is not allowed: {message}."


def shown(value: Any) -> str:
    """Return a value as Python writes it, shortened in its middle."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = _LONGEST
    short.maxlist = short.maxtuple = short.maxdict = _MOST_ITEMS
    return short.repr(value)


def _keys_in_config(location: tuple, raw: Any) -> list:
    """Drop the parts of pydantic's location that are no keys of the config (tags of unions)."""
    keys: list = []
    node = raw
    for position, item in enumerate(location):
        last = position == len(location) - 1
        if isinstance(node, Mapping) and (item in node or (last and isinstance(item, str))):
            if item != "[key]":
                keys.append(item)
            node = node.get(item)
        elif isinstance(node, list) and isinstance(item, int):
            keys.append(item)
            node = node[item]
    return keys


def _allowed_keys(keys: list, raw: Mapping[str, Any], root: type[Section]) -> list[str]:
    """Return the keys that the section at ``keys`` may have."""
    node: Any = raw
    annotation: Any = root
    for key in keys:
        section = _section(annotation, node)
        if section is None:
            annotation = _of_items(annotation)
        else:
            fields = section.model_fields.items()
            annotation = next(f.annotation for name, f in fields if key in (name, f.alias))
        node = node[key]
    fields = _section(annotation, node).model_fields.items()
    return [field.alias or name for name, field in fields]


def _of_items(annotation: Any) -> Any:
    """Return the annotation of what a list or mapping holds; it may be optional and constrained."""
    while get_origin(annotation) not in (list, dict):
        annotation = get_args(annotation)[0]
    return get_args(annotation)[-1]


def _section(annotation: Any, node: Mapping[str, Any]) -> type[Section] | None:
    """Return the section of an annotation; among several the one for the node's tag."""
    classes = section_classes(annotation)
    for candidate in classes:
        for key in TAGS & candidate.model_fields.keys():
            if node.get(key) in get_args(candidate.model_fields[key].annotation):
                return candidate
    return next(iter(classes), None)
