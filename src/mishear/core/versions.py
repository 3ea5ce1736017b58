"""Text with the names and versions of libraries, as ``torch 2.11.0, numpy 2.4.1``."""

from collections.abc import Iterable


def versions_in(text: str) -> dict[str, str]:
    """Return the version of each library that a text names."""
    found = (each.partition(" ") for each in text.split(", ") if each)
    return {name: version for name, _, version in found}


def united(texts: Iterable[str]) -> dict[str, str]:
    """Return for each text one that names its libraries, and those of all that agree with it.

    Results depend on different libraries. Only of those that have another version of one of them
    it can be said that they were computed with other libraries.
    """
    groups: list[dict[str, str]] = []
    member: dict[str, dict[str, str]] = {}
    for text in dict.fromkeys(texts):
        versions = versions_in(text)
        group = next((each for each in groups if _agree(each, versions)), None)
        if group is None:
            groups.append(group := {})
        group |= versions
        member[text] = group
    return {
        text: ", ".join(" ".join(pair).strip() for pair in group.items())
        for text, group in member.items()
    }


def _agree(one: dict[str, str], other: dict[str, str]) -> bool:
    return all(one[name] == other[name] for name in one.keys() & other.keys())
