"""All that is checked before any job starts."""

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mishear.config.config import Config
from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.preflight.apart import run_apart
from mishear.preflight.examined import Examined, Typed, examine, use_types
from mishear.preflight.requirements import check_required
from mishear.preflight.scores_only import check_scores_only
from mishear.preflight.split import check_split_file
from mishear.preflight.trained import stamps
from mishear.runtime.file_hashes import FileHashes
from mishear.runtime.fingerprint.job_code import JobCode
from mishear.study.classes import all_classes
from mishear.study.trainings import check_names
from mishear.study.transfers import check_transfers

log = logging.getLogger(__name__)

DECISIVE = {
    "study": {
        "corpora",
        "front_ends",
        "networks",
        "recipes",
        "victims",
        "defences",
        "attacks",
        "evaluation",
    },
    "corpora": True,
    "front_ends": True,
    "networks": True,
    "recipes": {"__all__": {"poison", "adversarial", "noise", "attacks", "defences"}},
    "attacks": True,
    "corruptions": True,
    "targeted": True,
    "transfer": True,
    "defences": True,
    "detectors": True,
    "recognisers": True,
    "listening": {"inversion"},
    "checks": {"eps"},
    "report": {"gallery": {"eps"}},
}
"""What the check of the classes depends on: these parts of the config, and these packages."""

PACKAGES = ("foolbox", "pyautoattack", "torch", "transformers")


def checked_settings(raw: Mapping[str, Any], cache: Path) -> Config:
    """Check a config: its keys, its names, and its classes against their signatures.

    The check of the classes imports torch and Foolbox, which takes seconds; so a config that
    passed is remembered. Packages that are not installed are named in a warning: the study can be
    planned without them.

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
    check_split_file(config)
    check_transfers(config)
    check_required(config)
    check_scores_only(config)
    files = stamps(config)
    passed = cache / f"classes-{_digest(config, files, FileHashes(cache / 'hashes.json'))}"
    typed = _remembered(passed)
    if typed is None:
        found = look_at_classes(config)
        typed = found.typed
        for warning in found.warnings:
            log.warning(warning)
        if not found.warnings:
            _remember(passed, typed)
    use_types(config, typed)
    return config


def look_at_classes(config: Config) -> Examined:
    """Look at the classes of a config in a process of its own."""
    return run_apart(partial(examine, config))


def check_writable(folder: Path) -> None:
    """Check that results can be written.

    Parameters
    ----------
    folder
        Where they will be; it need not exist yet.

    Raises
    ------
    UserError
        If it is not a folder, or nothing can be written to it.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder.absolute()} is not a folder. Move it away: results go there.")
    existing = folder if folder.exists() else folder.absolute().parent
    if not os.access(existing, os.W_OK | os.X_OK):
        raise UserError(
            f"{existing.absolute()} cannot be written to. Change its permissions, or run in "
            f"another folder (snakemake --directory)."
        )


def _digest(config: Config, files: list[tuple[str, int, int]], hashes: FileHashes) -> str:
    checked = config.model_dump(mode="json", include=DECISIVE)
    checked["files"] = files
    checked["code"] = _code(config, hashes)
    checked["versions"] = [_version(package) for package in PACKAGES]
    return hashlib.sha256(json.dumps(checked, sort_keys=True).encode()).hexdigest()[:16]


def _code(config: Config, hashes: FileHashes) -> str:
    """Hash what checks classes, and all classes that the config names."""
    names = all_classes(config)
    environment = os.environ.get("PYTHONPATH", "")
    code = JobCode(Path(__file__).parents[2], names, hashes, environment)
    try:
        return code.of(Path(__file__).with_name("examined.py"), names)
    except SyntaxError as error:
        raise UserError(f"{error.filename}, line {error.lineno}: {error.msg}.") from error


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _remembered(passed: Path) -> Typed | None:
    """Return what was found of a config that passed; None of one that is not known."""
    try:
        return json.loads(passed.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _remember(passed: Path, typed: Typed) -> None:
    with atomic_path(passed) as temporary:
        temporary.write_text(json.dumps(typed), encoding="utf-8")
