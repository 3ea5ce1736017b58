"""``mishear compare A B``: the differences between two studies, as text and as a table."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from mishear.core.card.files import read_card
from mishear.core.card.parts import Card, Interval, Result
from mishear.core.errors import UserError
from mishear.core.tables.comparison import COMPARISON
from mishear.report.card.comparison import Compared, Refused, StudyComparison, compare_studies
from mishear.report.card.pairing import Study

CARD = "card.json"
FOLDERS = 3
"""A card lies so many folders below the one that its paths are relative to."""


def run(arguments: Sequence[str]) -> None:
    """Compare two studies, see ``docs/card.md``.

    Raises
    ------
    UserError
        If a card cannot be read, or nothing can be compared.
    """
    parser = argparse.ArgumentParser(prog="mishear compare", description=__doc__)
    for name in ("A", "B"):
        parser.add_argument(name, type=Path, help="folder of a study's report, or its card.json")
    parser.add_argument("--csv", type=Path, help="write the differences to this file as well")
    given = parser.parse_args(arguments)
    first, second = (read_study(path) for path in (given.A, given.B))
    found = compare_studies(first, second)
    print("\n".join(text(first.card, second.card, found)))
    if given.csv:
        COMPARISON.write(rows(first.card, found.compared), given.csv)


def read_study(path: Path) -> Study:
    """Read the card of a study.

    Parameters
    ----------
    path
        The folder of its report, or its card.

    Raises
    ------
    UserError
        If there is none.
    """
    card = path / CARD if path.is_dir() else path
    if not card.is_file():
        raise UserError(
            f"{card} does not exist. Name the folder of a study's report, such as "
            f"results/reports/demo, after the study has run."
        )
    folders = card.resolve().parents
    return Study(read_card(card), folders[min(FOLDERS, len(folders) - 1)])


def text(first: Card, second: Card, found: StudyComparison) -> Iterator[str]:
    """Yield the lines that are printed."""
    yield f"A: {_described(first)}"
    yield f"B: {_described(second)}"
    yield "Differences are B minus A, with 95 % intervals."
    if found.renamed:
        yield "The studies have no victim in common; their only victims are compared."
    yield from found.notes
    yield from _unpaired(found.compared)
    victim = ""
    for each in found.compared:
        if (named := _victim(each.result)) != victim:
            victim = named
            yield f"\n{victim}"
        yield f"  {_line(first, each)}"
    for title, results in (("A", found.only_first), ("B", found.only_second)):
        if results:
            count = f"{len(results):,} result{'s' if len(results) > 1 else ''}"
            yield f"\nOnly in {title}: {count}."
    yield from _not_compared(first, found.refused)


def _unpaired(compared: Sequence[Compared]) -> Iterator[str]:
    """Say once why intervals are not paired."""
    causes: dict[str, list[Compared]] = {}
    for each in compared:
        if each.cause:
            causes.setdefault(each.cause, []).append(each)
    if causes:
        yield "Intervals marked 'independent' are not paired over recordings, so they are wider:"
    for cause, members in causes.items():
        more = f"; the first: {members[0].about}" if members[0].about else ""
        yield f"  - {cause} ({len(members):,} of {len(compared):,} comparisons{more})"


def _not_compared(card: Card, refused: Iterable[Refused]) -> Iterator[str]:
    """Say each difference once, with all results that it keeps from being compared."""
    groups: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for each in refused:
        victims = groups.setdefault(each.obstacles, {})
        victims.setdefault(_victim(each.result), []).append(_condition(card, each.result))
    if groups:
        yield "\nNot compared, because these differ:"
    for obstacles, victims in groups.items():
        yield f"  - {'; '.join(obstacles)}"
        for victim, conditions in victims.items():
            yield f"      {victim}: {'; '.join(conditions)}"


def rows(card: Card, compared: Iterable[Compared]) -> Iterator[dict[str, Any]]:
    """Yield rows of :data:`mishear.core.tables.comparison.COMPARISON`."""
    for each in compared:
        result = each.result.model_dump()
        is_clean = each.quantity == "clean_accuracy"
        conditions = ("evaluation", "corruption", "severity")
        threat = None if is_clean else _threat(card, each.result)
        yield {
            **{name: result[name] for name in ("corpus", "front_end", "network", "recipe")},
            **{name: None if is_clean else result[name] for name in conditions},
            "defence": each.result.defence,
            "quantity": each.quantity,
            "attack": threat and threat.attack,
            "eps": None if threat is None or threat.eps is None else float(threat.eps),
            "source": threat and threat.source,
            **_limits("accuracy_a", each.first),
            **_limits("accuracy_b", each.second),
            "difference": each.difference.value,
            "difference_low": each.difference.low,
            "difference_high": each.difference.high,
            "n": each.result.n,
            "interval": "independent" if each.cause else "paired",
            "reason": each.reason,
        }


def _limits(name: str, value: Interval) -> dict[str, float | None]:
    return {name: value.value, f"{name}_low": value.low, f"{name}_high": value.high}


def _described(card: Card) -> str:
    commit = card.software.commit
    source = f", commit {commit.hash[:12]}" if commit else ""
    changed = "" if commit is None or commit.clean else ", changed"
    own = f", own code {card.software.own_code}" if card.software.own_code else ""
    gate = {True: ", requirements passed", False: ", requirements failed", None: ""}[card.passed]
    return f"{card.study} (mishear {card.software.mishear}{source}{changed}{own}{gate})"


def _victim(result: Result) -> str:
    place = f"{result.network} on {result.corpus}, {result.front_end}"
    return f"{place}, recipe {result.recipe}, defence {result.defence}"


def _threat(card: Card, result: Result) -> Any:
    return next((each for each in card.threats if each.id == result.threat), None)


def _condition(card: Card, result: Result) -> str:
    threat = _threat(card, result)
    if threat is None:
        return f"{result.corruption}, severity {result.severity}"
    kind = f", {result.evaluation}" if result.evaluation else ""
    return f"{threat.attack}, eps {float(threat.eps):g}{kind}"


def _line(card: Card, each: Compared) -> str:
    clean = each.quantity == "clean_accuracy"
    condition = "clean" if clean else _condition(card, each.result)
    values = ", ".join(
        f"{name} {value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"
        for name, value in (("A", each.first), ("B", each.second))
    )
    found = each.difference
    how = "independent" if each.cause else "paired"
    return (
        f"{condition}: {found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}] "
        f"(n = {each.result.n:,}; {how}); {values}"
    )
