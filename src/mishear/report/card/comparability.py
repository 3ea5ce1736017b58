"""What keeps results of two studies from being compared: other threat models, other data."""

from collections.abc import Iterator, Mapping
from typing import Any

from mishear.core.card.parts import Card, Result

NAMES_OF_THREATS = {"id", "attack"}
"""Parts of a threat model that are names."""

DECIDING = ("class", "params", "restarts", "targets")
"""Keys of an attack that its results depend on besides eps."""


def obstacles(first: tuple[Card, Result], second: tuple[Card, Result]) -> list[str]:
    """Name what differs in the threat model or the data of two results; nothing if they compare.

    Parameters
    ----------
    first, second
        A result and the card that it is of, of study A and of study B.
    """
    return [*_data(first, second), *_threat(first, second), *_corruption(first, second)]


def _data(first: tuple[Card, Result], second: tuple[Card, Result]) -> Iterator[str]:
    tested = [_test_sets(card, result.corpus) for card, result in (first, second)]
    if tested[0] != tested[1]:
        sizes = (result.n for _, result in (first, second))
        yield "the test recordings ({} in A, {} in B)".format(*sizes)


def _test_sets(card: Card, corpus: str) -> dict[int | None, str]:
    return {split.fold: split.test_sha256 for split in card.splits if split.corpus == corpus}


def _threat(first: tuple[Card, Result], second: tuple[Card, Result]) -> Iterator[str]:
    threats = [_threat_of(*each) for each in (first, second)]
    if None in threats:
        return
    yield from differences(*threats)
    yield from differences(*(_continued(*each) for each in (first, second)), where="after ")
    if "spectrogram" in (threats[0]["domain"], threats[1]["domain"]):
        # There the size of a change is one in the numbers that the front end makes.
        ends = [card.config["front_ends"][result.front_end] for card, result in (first, second)]
        yield from differences(*ends, where="front end ")


def _threat_of(card: Card, result: Result) -> dict[str, Any] | None:
    if result.threat is None:
        return None
    found = next(threat for threat in card.threats if threat.id == result.threat)
    return found.model_dump(exclude=NAMES_OF_THREATS)


def _continued(card: Card, result: Result) -> dict[str, Any]:
    """Return the attacks whose results the attack of a result takes over."""
    name = next(threat.attack for threat in card.threats if threat.id == result.threat)
    attacks = card.config["attacks"]
    return {
        before: {key: attacks[before][key] for key in DECIDING if key in attacks[before]}
        for before in attacks.get(name, {}).get("after", [])
    }


def _corruption(first: tuple[Card, Result], second: tuple[Card, Result]) -> Iterator[str]:
    if first[1].corruption is None:
        return
    given = [card.config["corruptions"][result.corruption] for card, result in (first, second)]
    # Of other severities only this one matters.
    definitions = [{**each, "severities": None} for each in given]
    yield from differences(*definitions, where="corruption ")
    levels = [(result.level, result.level_unit) for _, result in (first, second)]
    if levels[0] != levels[1]:
        yield "the level ({:g} {} in A, {:g} {} in B)".format(*levels[0], *levels[1])


def differences(
    first: Mapping[str, Any], second: Mapping[str, Any], where: str = ""
) -> Iterator[str]:
    """Name the keys in which two mappings differ, with both values.

    Parameters
    ----------
    first, second
        Of study A and of study B.
    where
        What the names begin with.
    """
    for key in dict.fromkeys([*first, *second]):
        values = first.get(key), second.get(key)
        if isinstance(values[0], Mapping) and isinstance(values[1], Mapping):
            yield from differences(*values, where=f"{where}{key}.")
        elif values[0] != values[1]:
            yield "{}{} ({} in A, {} in B)".format(where, key, *_words(*values))


def _words(*values: Any) -> list[str]:
    """Return two values as text that differs: ``3`` and ``'3'``."""
    found = ["none" if value is None else str(value) for value in values]
    return found if found[0] != found[1] else list(map(repr, values))
