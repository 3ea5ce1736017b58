"""All that is checked before any job starts."""

import hashlib
import json
import os
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mishear.config.config import Config
from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.study.evaluations import chain
from mishear.study.trainings import check_names

CHECKED = {"networks", "attacks", "defences", "detectors", "recognisers"}
"""Sections that name classes."""


def checked_settings(raw: Mapping[str, Any], cache: Path) -> Config:
    """Check a config against its schema, its names, and its classes against their signatures.

    Looking at the classes needs torch and Foolbox, which take seconds to import; so what was
    found sound is remembered and not looked at again.

    Parameters
    ----------
    raw
        The merged mapping as Snakemake read it.
    cache
        Folder for what is remembered.

    Returns
    -------
    Config

    Raises
    ------
    UserError
        Listing the mistakes.
    """
    config = load(raw)
    check_names(config)
    remembered = cache / f"classes-{_classes_digest(config)}"
    if not remembered.exists():
        _check_classes(config)
        _remember(remembered)
    return config


def check_writable(folder: Path) -> None:
    """Check that results can be written.

    Parameters
    ----------
    folder
        Where they will be; it need not exist yet.

    Raises
    ------
    UserError
        If it is no folder, or nothing can be written to it.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder.absolute()} is not a folder. Move it away: results go there.")
    existing = folder if folder.exists() else folder.absolute().parent
    if not os.access(existing, os.W_OK | os.X_OK):
        raise UserError(
            f"{existing.absolute()} cannot be written to. Change its permissions, or run in "
            f"another folder (snakemake --directory)."
        )


def _classes_digest(config: Config) -> str:
    named = config.model_dump(mode="json", include=CHECKED)
    named["poisons"] = {
        name: recipe.poison and recipe.poison.model_dump(mode="json", by_alias=True)
        for name, recipe in config.recipes.items()
    }
    sections = {"corpora", "front_ends"}
    named["study"] = config.study.model_dump(mode="json", include=sections | {"recipes"})
    named |= config.model_dump(mode="json", include=sections)
    named["versions"] = [version(name) for name in ("foolbox", "pyautoattack", "torch")]
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:16]


def _check_classes(config: Config) -> None:
    from mishear.attacks.building import check_attack
    from mishear.attacks.waveform import check_budget
    from mishear.defences.chains import check_defence
    from mishear.preflight.poisons import check_poison

    checks = [
        partial(check_attack, attack.model_dump(by_alias=True), attack.eps, f"attacks.{name}")
        for name, attack in config.attacks.items()
    ]
    checks += [
        partial(FAMILIES[section].check, definition, f"{section}.{name}")
        for section in ("networks", "recognisers", "detectors")
        for name, definition in getattr(config, section).items()
    ]
    checks += [
        partial(check_defence, _parts(config, name), defence.certificate, f"defences.{name}")
        for name, defence in config.defences.items()
    ]
    checks += [
        partial(check_budget, attack.model_dump(by_alias=True), f"attacks.{name}")
        for name, attack in config.attacks.items()
        if attack.domain == "waveform"
    ]
    checks += [
        partial(check_poison, config, name)
        for name, recipe in config.recipes.items()
        if recipe.poison is not None
    ]
    problems = []
    for check in checks:
        try:
            check()
        except UserError as error:
            problems.append(str(error))
    if problems:
        listing = "\n".join(f"  - {problem}" for problem in problems)
        raise UserError(f"The config has {len(problems)} mistake(s):\n{listing}")


def _parts(config: Config, defence: str) -> list[dict[str, Any]]:
    return [config.defences[part].model_dump(by_alias=True) for part in chain(config, defence)]


def _remember(marker: Path) -> None:
    try:
        marker.parent.mkdir(parents=True, exist_ok=True)
        marker.touch()
    except OSError as error:
        raise UserError(f"cannot write {marker.parent}: {error.strerror}") from error
