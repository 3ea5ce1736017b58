"""The files that a study uses: those it is asked for, and all that they are made from."""

from collections.abc import Iterator
from dataclasses import dataclass

from mishear.study import paths
from mishear.study.evaluations import settings_of
from mishear.study.figure_inputs import reference
from mishear.study.figures import drawing_inputs, figures
from mishear.study.folds import splits
from mishear.study.identity import Store
from mishear.study.kept import saved_examples
from mishear.study.keys import certified, trained_here
from mishear.study.listening import listening_pages, page_inputs
from mishear.study.places import Kept
from mishear.study.plan import Plan
from mishear.study.report_plan import report_inputs
from mishear.study.table_inputs import check_files, listening_files
from mishear.study.targeted import targeted
from mishear.study.targeted_page import page_inputs as targeted_page_inputs
from mishear.study.targeted_page import played_settings


def used_files(plan: Plan) -> Iterator[str]:
    """Yield the files that the report of a study is made from, by names alone."""
    config = plan.config
    yield from report_inputs(config).values()
    for figure in figures(config):
        yield from drawing_inputs(config, figure).values()
    for files in (*check_files(plan).values(), *listening_files(plan).values()):
        yield from files
    for setting in settings_of(config) if listening_pages(plan) else ():
        if reference(config, setting["network"]) is not None:
            yield from page_inputs(plan, setting).values()
    for setting in played_settings(config):
        for found in targeted_page_inputs(plan, setting).values():
            yield from [found] if isinstance(found, str) else found
    yield from (evaluation.results for evaluation in plan.evaluations)
    yield from (found.results for found in plan.corrupted)
    yield from (paths.HISTORY.format(**victim.names) for victim in trained_here(config))
    yield from (division["path"] for division in splits(config))
    for found in (*certified(config), *plan.detections, *plan.transfers, *targeted(config)):
        yield found.path
    yield from saved_examples(config)


@dataclass(frozen=True)
class Used:
    """What a study uses.

    Attributes
    ----------
    jobs
        Of files with a digest, see :attr:`mishear.study.places.Kept.job`.
    others
        Paths of files without.
    """

    jobs: frozenset[tuple[str, ...]]
    others: frozenset[str]


def used(plan: Plan) -> Used:
    """Return what a study uses: the files that it is asked for, and all that they are made from."""
    store = Store(plan)
    found = [store.kept(path) or path for path in files_with_inputs(store)]
    return Used(
        frozenset(each.job for each in found if isinstance(each, Kept)),
        frozenset(each for each in found if isinstance(each, str)),
    )


def files_with_inputs(store: Store) -> set[str]:
    """Return the files of :func:`used_files` and all that they are made from, by names alone."""
    found: set[str] = set()
    jobs: set[tuple[str, ...]] = set()
    waiting = set(used_files(store.plan))
    while waiting:
        path = waiting.pop()
        found.add(path)
        kept = store.kept(path)
        if kept and kept.job not in jobs:
            jobs.add(kept.job)
            waiting.update(set(store.inputs(path)) - found)
    return found
