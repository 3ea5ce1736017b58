"""How far the numbers of a study can be trusted, in plain words."""

from collections.abc import Iterator

import pandas as pd

from mishear.core.sentences import counted
from mishear.evaluation.checks.verdicts import CANNOT_TELL, FAILURE, NO_FAILURE
from mishear.evaluation.environments import mixture
from mishear.report.checks import masking
from mishear.report.tables import Tables
from mishear.study.reported import ReportedStudy

FEW = 200
"""With fewer test recordings, a sentence warns of wide intervals."""


def trust(study: ReportedStudy, tables: Tables) -> list[str]:
    """Return sentences on what supports the numbers of a study and what weakens them.

    Parameters
    ----------
    study
        What the page says of the study besides its results.
    tables
        All tables of the study.
    """
    return [*_intervals(study, tables), *_checks(study, tables), *_masking(study, tables)] + [
        f"The results of {study.label(place)} were not all computed alike: {text}."
        for place in study.settings
        if (text := mixture(tables.of(place).environments))
    ]


def _intervals(study: ReportedStudy, tables: Tables) -> Iterator[str]:
    came = [not place.is_trained_here for place in study.settings]
    if all(came):
        yield (
            "The intervals are about the given weights. Another training of the same network may "
            "give accuracies outside them."
        )
    elif len(study.seeds) > 1:
        yield (
            f"Each network was trained {len(study.seeds)} times, and the intervals include how "
            f"much the trainings differ."
        )
    else:
        yield (
            "Each network was trained once. Another training may give accuracies outside the "
            "intervals; run several seeds to see how far."
        )
    counts = pd.concat([tables.measurements.n, tables.corruptions.n])
    if len(counts) and counts.min() < FEW:
        yield (
            f"With {counts.min():,.0f} test recordings the intervals are wide; smaller differences "
            f"may be chance."
        )


def _checks(study: ReportedStudy, tables: Tables) -> Iterator[str]:
    if tables.measurements[tables.measurements.evaluation.notna()].empty:
        return
    rows = pd.concat(
        [
            own[(own.recipe == place.reference) & (own.defence == "none")]
            for place, own in _own(study, tables)
        ]
    )
    counts = rows.verdict.value_counts()
    tested = int(sum(counts.get(verdict, 0) for verdict in (FAILURE, NO_FAILURE, CANNOT_TELL)))
    if tested == 0:
        yield (
            "No check of the attacks was run. They may be weaker than they could be, and the "
            "networks less robust than they look."
        )
        return
    failures = int(counts.get(FAILURE, 0))
    attacks = ", ".join(dict.fromkeys(rows[rows.verdict == FAILURE].attack))
    found = f"{failures} found a fault ({attacks})" if failures else "none found a fault"
    undecided = int(counts.get(CANNOT_TELL, 0))
    if undecided == tested:
        found = "none could tell whether there is a fault; more test recordings are needed"
    elif undecided:
        found += f"; {undecided} could not tell, for lack of test recordings"
    yield (
        f"{counted(tested, 'check')} of the attacks on the undefended networks{_checked(rows)}: "
        f"{found}. Accuracy under attack is an upper bound in any case: a stronger attack may "
        f"lower it."
    )


def _checked(rows: pd.DataFrame) -> str:
    """Say which victims are checked, where they are tested in folds."""
    return ", of the first seed and fold alone" if rows.fold.notna().any() else ""


def _own(study: ReportedStudy, tables: Tables) -> Iterator[tuple]:
    return ((place, tables.of(place).checks) for place in study.settings)


def _masking(study: ReportedStudy, tables: Tables) -> Iterator[str]:
    found = [
        f"{recipe} behind {defence}" if defence != "none" else recipe
        for place, own in _own(study, tables)
        for recipe, defence in sorted(masking(own, place.reference))
    ]
    if found:
        yield (
            f"These mask their gradients, which misleads the attacks, so their accuracies under "
            f"attack cannot be trusted: {', '.join(dict.fromkeys(found))}."
        )
