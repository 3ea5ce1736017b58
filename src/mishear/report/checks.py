"""How far the attacks on a victim can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from mishear.evaluation.checks.findings import PASSES_UNIT_TEST
from mishear.evaluation.checks.masking import masks_gradients
from mishear.evaluation.checks.verdicts import (
    CANNOT_TELL,
    FAILURE,
    NO_FAILURE,
    NOT_APPLICABLE,
    Finding,
)
from mishear.paper.printed import PGD_STEP, PGD_STEPS, UNIT
from mishear.paper.results import attacks_in_role
from mishear.study.reported import AttackDefinition


@dataclass(frozen=True)
class CheckCell:
    """A check of an attack; all texts are empty where it was not run.

    ``power`` says on how many recordings it rests, and from which difference on it finds a failure
    with a probability of 80 %.
    """

    verdict: str = ""
    evidence: str = ""
    power: str = ""


@dataclass(frozen=True)
class CheckRow:
    """The checks of one attack, in the order of the matrix."""

    attack: str
    cells: Sequence[CheckCell]


@dataclass(frozen=True)
class CheckMatrix:
    """The checks of all attacks on one victim; ``of_fold``: it is tested in one of its folds."""

    checks: Sequence[str]
    rows: Sequence[CheckRow]
    of_fold: bool = False


@dataclass(frozen=True)
class CheckedDefence:
    """The checks of all attacks on one training behind one defence.

    Attributes
    ----------
    masks
        Whether the checks say that the defence masks its gradients.
    sound, undecided, applicable
        How many checks found no failure, how many cannot tell, and how many there are.
    failed
        Failures, with their evidence.
    """

    recipe: str
    defence: str
    masks: bool
    sound: int
    undecided: int
    applicable: int
    failed: Sequence[str]


def masking(checks: pd.DataFrame, reference: str | None) -> set[tuple[str, str]]:
    """Return the trainings and defences whose checks say that they mask their gradients.

    A failure of an attack on the undefended victim as well speaks against the attack alone.

    Parameters
    ----------
    checks
        Rows of one setting of :data:`mishear.core.tables.checks.CHECKS`.
    reference
        The training of the undefended victim.
    """
    found = set()
    undefended = (checks.recipe == reference) & (checks.defence == "none")
    failed = checks[undefended & (checks.verdict == FAILURE)]
    faults = set(zip(failed.attack, failed.check, strict=True))
    for place, rows in checks[~undefended].groupby(["recipe", "defence"], sort=False):
        by_attack = {
            attack: [
                Finding(row.check, row.verdict, 0, "")
                for row in group.itertuples()
                if (attack, row.check) not in faults
            ]
            for attack, group in rows.groupby("attack", sort=False)
        }
        if masks_gradients(by_attack):
            found.add(place)
    return found


def check_matrix(checks: pd.DataFrame, recipe: str | None, defence: str) -> CheckMatrix:
    """Lay out the checks of every attack on one training behind one defence.

    Checks are in the order of the table.
    """
    rows = checks[(checks.recipe == recipe) & (checks.defence == defence)]
    names = list(dict.fromkeys(rows.check))
    return CheckMatrix(
        names,
        [
            CheckRow(attack, [_cell(group, name) for name in names])
            for attack, group in rows.groupby("attack", sort=False)
        ],
        bool(rows.fold.notna().any()),
    )


def _cell(rows: pd.DataFrame, check: str) -> CheckCell:
    found = rows[rows.check == check]
    if not len(found):
        return CheckCell()
    row = found.iloc[0]
    # A check that is not applicable has no number of recordings, which is read as not a number.
    if pd.isna(row.n) or not row.n:
        return CheckCell(row.verdict, row.evidence)
    seen, power = row.smallest_difference, f"n = {int(row.n):,}"
    if pd.notna(seen) and seen != "":
        power = f"{power}, finds {100 * float(seen):.1f} %"
    return CheckCell(row.verdict, row.evidence, power)


def checked_defences(
    checks: pd.DataFrame, reference: str | None, masking: set[tuple[str, str]]
) -> list[CheckedDefence]:
    """Count the verdicts on every victim other than the undefended reference.

    The attack unit test is left out: it needs no defence.
    """
    found = []
    checks = checks[checks.check != PASSES_UNIT_TEST]
    for place, rows in checks.groupby(["recipe", "defence"], sort=False):
        if place != (reference, "none"):
            failed = rows[rows.verdict == FAILURE]
            found.append(
                CheckedDefence(
                    recipe=place[0],
                    defence=place[1],
                    masks=place in masking,
                    sound=int((rows.verdict == NO_FAILURE).sum()),
                    undecided=int((rows.verdict == CANNOT_TELL).sum()),
                    applicable=int((rows.verdict != NOT_APPLICABLE).sum()),
                    failed=[
                        f"{row.attack}: {row.check} ({row.evidence})" for row in failed.itertuples()
                    ],
                )
            )
    return found


def paper_attack_remark(
    checks: pd.DataFrame, reference: str | None, attacks: Mapping[str, AttackDefinition], unit: str
) -> str:
    """Say what the checks find of the paper's PGD; empty if it was not run on inputs in dB."""
    if unit != UNIT:
        return ""
    texts = []
    undefended = checks[(checks.recipe == reference) & (checks.defence == "none")]
    for name in attacks_in_role(attacks, "pgd-paper"):
        rows = undefended[undefended.attack == name]
        failed = list(rows.check[rows.verdict == FAILURE])
        applicable = int((rows.verdict != NOT_APPLICABLE).sum())
        if failed:
            texts.append(
                f"{name}, the paper's PGD, shows a failure in {len(failed)} of {applicable} checks "
                f"({', '.join(failed)}): {PGD_STEPS} steps of {PGD_STEP:g} dB move a point by at "
                f"most {PGD_STEPS * PGD_STEP:g} dB, whatever eps is."
            )
        elif applicable:
            texts.append(f"{name}, the paper's PGD, shows no failure in {applicable} checks.")
    return " ".join(texts)
