"""The content of the user's own recordings and files, as parameters of the jobs that read them."""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from mishear.corpora.listing import listing_digest
from mishear.study import paths
from mishear.study.networks import weights_files
from mishear.study.plan import Plan

Names = Mapping[str, str]
"""Wildcards of a job."""


def archive_content(plan: Plan, names: Names) -> str | None:
    """Return the SHA-256 of the user's own archive; None where a job downloads it."""
    source = plan.origins[names["corpus"]]
    return plan.hashes.of(source.path) if source.kind == "archive" else None


def recordings_content(plan: Plan, names: Names) -> str | None:
    """Return a hash of what is in the user's own folder; None where a job makes the folder."""
    source = plan.origins[names["corpus"]]
    if source.kind != "directory":
        return None
    return listing_digest(source.path, plan.hashes)


def replaced_recordings(plan: Plan, locate: Callable[[str], str]) -> dict[str, str]:
    """Return each corpus of the user's whose results come from another content.

    Snakemake tells by the params of jobs, which it does not know of results that came from
    elsewhere, and does not compare if it was told to compare times.

    Parameters
    ----------
    plan
        The plan of a study.
    locate
        Returns where a file is kept.

    Returns
    -------
    dict
        The file to make again, by the name of the corpus.
    """
    found = {}
    for corpus in plan.origins:
        names = {"corpus": corpus}
        for content, record, made in (
            (archive_content(plan, names), paths.UNPACKED_FROM, paths.RECORDINGS),
            (recordings_content(plan, names), paths.INSPECTED_FROM, paths.INSPECTED),
        ):
            with suppress(OSError):
                known = Path(locate(record.format(**names))).read_text(encoding="utf-8").strip()
                if content and content != known:
                    found[corpus] = locate(made.format(**names))
    return found


def split_files(plan: Plan) -> list[str]:
    """Return the user's own split, where the study has one."""
    file = plan.config.split.file
    return [file] if file else []


def missing_files(plan: Plan) -> list[str]:
    """Return the user's own split and weights that are part of what is made of them, if absent."""
    found = [*split_files(plan), *files_of_networks(plan)]
    return [path for path in found if not os.path.exists(path)]


def files_of_networks(plan: Plan) -> list[str]:
    """Return the files and folders that the networks of the study name: weights and others."""
    networks = [plan.config.networks[name] for name in plan.config.study.networks]
    return [name for each in networks for name in (each.weights, *each.files) if name]


def given_files(plan: Plan) -> list[str]:
    """Return the files of the user's that jobs have as input: archives, the split, models.

    Raises
    ------
    UserError
        If the folder of a trained model cannot be read.
    """
    origins, config = plan.origins.values(), plan.config
    archives = [str(each.path) for each in origins if each.kind == "archive" and each.path]
    models = [
        str(path)
        for name in config.study.networks
        if config.networks[name].is_trained
        for path in weights_files(config.networks[name], f"networks.{name}")
    ]
    return [*archives, *map(os.path.expanduser, split_files(plan)), *models]


def split_content(plan: Plan, names: Names) -> str | None:
    """Return the SHA-256 of the user's own split; None where there is none."""
    return next(iter(plan.hashes.of_all(split_files(plan))), None)
