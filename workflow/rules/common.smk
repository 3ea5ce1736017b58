# The checked config, the plan of the study, and how rules ask it for their files and parameters.
import functools
from dataclasses import asdict

from mishear.core.errors import UserError
from mishear.libraries.packages import read_requirements
from mishear.preflight.checks import check_writable, checked_settings
from mishear.runtime.file_hashes import HASHES, FileHashes
from mishear.runtime.fingerprint.hashing import hash_of_files
from mishear.runtime.fingerprint.job_code import JobCode
from mishear.study import classes, feature_inputs, figures, folds, inputs, keys, listening
from mishear.study import own_files, paths, requirements, table_inputs, targeted_page
from mishear.study import params as params_of
from mishear.study.checks import checked_evaluations, waveform_evaluation_keys
from mishear.study.constraints import (
    any_of,
    attacks_in,
    corpora_of_kind,
    kept_attacks,
    poisoned_recipes,
    trained_by,
    transferred_attacks,
)
from mishear.study.identity import Store
from mishear.study.kept import saved_examples
from mishear.study.places import WILDCARDS
from mishear.study.places import pattern_on_disk as stored
from mishear.study.plan import Plan
from mishear.study.report_plan import report_inputs, report_params, study_tables, victim_pages

try:
    check_writable(Path("results"))
    known = FileHashes(Path(".snakemake") / "mishear" / HASHES, say=logger.info)
    plan = Plan(checked_settings(config, known.kept.parent), known)
    plan.origins  # a corpus that is not there is an error now, not in a job
except UserError as error:
    raise WorkflowError(str(error)) from None
except KeyboardInterrupt:
    raise WorkflowError("Interrupted before the first job.") from None

settings = plan.config
store = Store(plan)
job_code = JobCode(SOURCE, classes.all_classes(settings), known, given_path)
drawn = {found.path: found for found in figures.figures(settings)}
modifier = workflow.modifier
PAGES = ["report.html", "card.json", "methods.md", "references.bib", "table.tex"]
hash_of_templates = hash_of_files((SOURCE / "mishear" / "report" / "templates").glob("*.j2"))


wildcard_constraints:
    **WILDCARDS | {"sound": any_of(plan.sounds)},


def given(function):
    """A function of wildcards, for params, from one of the plan and the wildcards."""
    return lambda wildcards: function(plan, dict(wildcards.items()))


def located(function):
    """The same for a parameter that is a path; Snakemake puts a module's prefix before files alone."""

    def found(wildcards):
        path = store.path(given(function)(wildcards))
        return in_place(path) if path.startswith("results/") else path

    return found


def in_place(path):
    """A result's path as params have it."""
    return str(modifier.modify_path(path))


def files(function):
    """The same for input: files on disk, of which large ones are compared by their hashes."""
    return unpack(lambda wildcards: located_files(given(function)(wildcards), by_hash))


def by_hash(path):
    path = store.path(path)
    # The content of the user's own files is among the params. A module's prefix is not for them.
    own = not path.startswith("results/")
    found = ancient(path) if own or paths.is_large(path) else path
    return local(found) if own else found


def on_disk(found):
    return list(map(store.path, found))


def located_files(found, locate=store.path):
    """The places of files, one or several by each key."""
    return {
        key: locate(each) if isinstance(each, str) else list(map(locate, each))
        for key, each in found.items()
    }


def hash_of_code(script, names=()):
    return job_code.of(source_file(f"scripts/{script}"), names)


def code(script, *classes_of):
    """A hash of a script with all code and libraries it uses, and of the classes it builds."""

    # Snakemake compares no params that depend on more than wildcards.
    def found(wildcards):
        asked = [function(settings, dict(wildcards.items())) for function in classes_of]
        return hash_of_code(script, tuple(name for names in asked for name in names))

    return found


def on_device(mem_mb, runtime):
    """What a job asks for that computes with torch; what was computed on another device stays."""
    gpu = 0 if settings.device == "cpu" else 1
    return {
        "device": settings.device,
        "mem_mb": mem_mb,
        "runtime": runtime,
        "gpu": gpu,
        "jobs_per_gpu": settings.jobs_per_gpu,
    }


def setting(wildcards):
    return {key: wildcards[key] for key in ("corpus", "front_end", "network")}


def figure(wildcards):
    """The figure that a job draws."""
    return drawn[paths.FIGURE.format(**setting(wildcards), figure=wildcards["figure"])]


def figure_inputs(plan, names):
    return figures.drawing_inputs(settings, figure(names))


def figure_code(config, names):
    return figures.drawing_code(config, figure(names))


def targets():
    """The files of the study: its tables, its pages, its figures and what it was asked to keep."""
    tables, drawings = study_tables(settings), figures.figure_files(settings)
    return [
        *(paths.report(settings.study.name, name) for name in [*PAGES, *tables, *drawings]),
        *targeted_page.pages_with_sounds(plan),
        *on_disk(saved_examples(settings)),
    ]
