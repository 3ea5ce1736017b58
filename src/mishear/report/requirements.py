"""Whether the victims of a study reach the accuracies that it requires."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mishear.core.card.parts import Card, CheckOfCard, Interval, RequirementOfCard
from mishear.core.errors import UserError
from mishear.evaluation.checks.verdicts import FAILURE
from mishear.report.card.rows import interval_of
from mishear.study.requirements import Required

STEMS = {"accuracy": "ci", "clean_accuracy": "clean"}
"""What the names of the limits of each quantity begin with."""

VICTIM = ("corpus", "front_end", "network", "recipe", "defence")

Row = Mapping[str, Any]
"""Of ``summary_over_seeds.csv``; missing values are None."""


def judge(requirements: Iterable[Required], rows: Sequence[Row]) -> list[RequirementOfCard]:
    """Compare the lower ends of intervals with what is required.

    Parameters
    ----------
    requirements
        Of the study.
    rows
        All rows of its ``summary_over_seeds.csv``.

    Returns
    -------
    list of RequirementOfCard
        One for each requirement and row that must meet it. On clean recordings one for each
        victim and defence.

    Raises
    ------
    UserError
        If no row is about a requirement.
    """
    found = []
    for each in requirements:
        concerned = [row for row in rows if each.concerns(row)]
        if not concerned:
            raise UserError(f"{each.key}: the study has no evaluation of this kind.")
        if each.quantity == "clean_accuracy":
            concerned = _lowest_of_each(concerned)
        found += [_judged(each, row) for row in concerned]
    return found


def _lowest_of_each(rows: Iterable[Row]) -> list[Row]:
    """Return the lowest clean accuracy of each victim and defence: random defences have several."""
    lowest: dict[tuple, Row] = {}
    for row in rows:
        place = tuple(row[name] for name in VICTIM)
        if place not in lowest or not row["clean_low"] >= lowest[place]["clean_low"]:
            lowest[place] = row
    return list(lowest.values())


def _judged(required: Required, row: Row) -> RequirementOfCard:
    measured = interval_of(row, required.quantity, STEMS[required.quantity])
    passed = measured.low is not None and measured.low >= required.at_least
    return RequirementOfCard(
        **{name: row[name] for name in VICTIM},
        key=required.key,
        condition=_condition(required, row),
        evaluation=None if required.quantity == "clean_accuracy" else row["evaluation"],
        quantity=required.quantity,
        at_least=required.at_least,
        measured=measured,
        n=row["n"],
        seeds=row["seeds"],
        passed=passed,
        message=_message(required, row, measured, passed),
    )


def _condition(required: Required, row: Row) -> str:
    if required.quantity == "clean_accuracy":
        return "clean recordings"
    if row["attack"] is None:
        return f"{row['corruption']}, severity {row['severity']}"
    return f"{row['attack']}, eps {row['eps']:g}"


def _message(required: Required, row: Row, measured: Interval, passed: bool) -> str:
    place = f"{row['network']} on {row['corpus']}, {row['front_end']}, recipe {row['recipe']}"
    place += f", defence {row['defence']}"
    if row["evaluation"] and required.quantity == "accuracy":
        place += f", {row['evaluation']}"
    begin = f"{required.key}: {_condition(required, row)}; {place}: "
    if measured.low is None:
        return f"{begin}the accuracy is not a number; at least {required.at_least:g} is required."
    over = f"n = {row['n']:,}" if row["seeds"] == 1 else f"{row['seeds']} seeds, n = {row['n']:,}"
    numbers = f"accuracy {measured.value:.3f}, 95 % interval {measured.low:.3f} to "
    numbers += f"{measured.high:.3f} ({over})"
    difference = abs(required.at_least - measured.low)
    # A difference that rounds to nothing is still one.
    gap = f"{difference:.3f}" if difference >= 0.0005 or passed else f"{difference:.1g}"
    side = "above" if passed else "below"
    return f"{begin}{numbers}; the lower end is {gap} {side} the required {required.at_least:g}."


def check_gate(card: Card, report: str) -> str:
    """Say that all requirements of a study are met.

    Parameters
    ----------
    card
        Of the study.
    report
        Where its report is, for the message.

    Raises
    ------
    UserError
        Naming each requirement that is not met, and by how much.
    """
    failed = [each.message for each in card.requirements if not each.passed]
    if failed:
        listing = "\n".join(f"  - {message}" for message in failed)
        raise UserError(
            f"{len(failed)} of {len(card.requirements)} requirements are not met:\n{listing}\n"
            f"The report is written: {report}"
        )
    met = "".join(f"{each.message}\n" for each in card.requirements)
    number = len(card.requirements)
    begin = "The requirement is met." if number == 1 else f"All {number} requirements are met."
    return f"{begin}\n{met}{_doubts(card)}"


def _doubts(card: Card) -> str:
    """Name the attacks on the victims concerned that failed a check; empty if none did."""
    concerned = {_victim(each) for each in card.requirements}
    failed = {
        f"{each.attack} on {each.network}, recipe {each.recipe}, defence {each.defence}"
        for each in card.checks
        if each.verdict == FAILURE and _victim(each) in concerned
    }
    if not failed:
        return ""
    listing = "".join(f"  - {text}\n" for text in sorted(failed))
    return f"These attacks failed a check, so robustness may be lower than measured:\n{listing}"


def _victim(each: RequirementOfCard | CheckOfCard) -> tuple[str, ...]:
    return tuple(getattr(each, name) for name in VICTIM)
