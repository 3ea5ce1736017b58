"""Folds: each is a division of its own, with other speakers in the test."""

from typing import Any

from mishear.config.config import Config
from mishear.corpora.sources import SOURCES
from mishear.study import paths


def folds(config: Config, corpus: str) -> list[int | None]:
    """Return the numbers of the folds of a corpus; one None where there are no folds."""
    count = number_of_folds(config, corpus)
    return [None] if count is None else list(range(count))


def number_of_folds(config: Config, corpus: str) -> int | None:
    """Return how many folds a corpus has, None for none."""
    asked = config.split.folds
    if asked != "all":
        return asked
    section = config.corpora[corpus]
    return getattr(section, "speakers", SOURCES[section.source].expectation.speakers)


def wildcard(fold: int | None) -> str:
    """Return a fold as it stands in a path; empty without folds."""
    return "" if fold is None else f"@fold{fold}"


def fold_in(value: str) -> int | None:
    """Return the fold that a part of a path stands for, see :func:`wildcard`."""
    return int(value.removeprefix("@fold")) if value else None


def splits(config: Config) -> list[dict[str, str]]:
    """Return corpus and path of each division of the study's corpora."""
    return [
        {"corpus": corpus, "path": paths.SPLIT.format(corpus=corpus, fold=wildcard(fold))}
        for corpus in config.study.corpora
        for fold in folds(config, corpus)
    ]


def split_settings(config: Config, corpus: str) -> dict[str, Any]:
    """Return the keys of the section ``split`` that a division depends on."""
    found = config.split.model_dump(exclude_none=True)
    if config.split.by == "all":
        return {"by": "all"}
    if config.split.by == "file":
        return {"by": "file", "file": found["file"]}
    if config.split.folds is not None:
        found["folds"] = number_of_folds(config, corpus)
    return found
