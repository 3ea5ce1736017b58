"""The differences between two studies, from their cards."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mishear.core.card.parts import Card, Interval, Result
from mishear.core.errors import UserError
from mishear.core.independent import independent_difference
from mishear.core.statistics import Difference, paired_difference
from mishear.report.card.comparability import differences, obstacles
from mishear.report.card.pairing import NotPaired, Pair, Study, read_pair

VICTIM = ("corpus", "front_end", "network", "recipe")
QUANTITIES = {"clean_accuracy": "correct_clean", "accuracy": "correct_adversarial"}
"""Accuracies of a result, and the array of an evaluation that each is made from."""
OF_VICTIMS = ("front_ends", "networks", "recipes", "defences")
"""Sections of the config that define victims. Results are compared although these differ."""

Place = tuple
"""What tells a result from the others of its study."""


@dataclass(frozen=True)
class Compared:
    """A quantity in both studies.

    Attributes
    ----------
    result
        Of study A, whose names it has.
    cause
        Why the interval is not paired, alike for all results that it holds for; empty where it is.
    about
        The table that the cause is about, or the message of the error; empty for none.
    """

    result: Result
    quantity: str
    first: Interval
    second: Interval
    difference: Difference
    cause: str
    about: str

    @property
    def reason(self) -> str:
        """Why the interval is not paired, in full; empty where it is."""
        return f"{self.cause}: {self.about}" if self.about else self.cause


@dataclass(frozen=True)
class Refused:
    """Two results that are not compared, and in what they differ."""

    result: Result
    obstacles: tuple[str, ...]


@dataclass
class StudyComparison:
    """All that is said of two studies.

    Attributes
    ----------
    only_first, only_second
        Results that the other study does not have.
    renamed
        Whether the only victims of both were compared in spite of their names.
    notes
        Differences that do not keep results from being compared.
    """

    compared: list[Compared] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    only_first: list[Result] = field(default_factory=list)
    only_second: list[Result] = field(default_factory=list)
    renamed: bool = False
    notes: list[str] = field(default_factory=list)


def compare_studies(first: Study, second: Study) -> StudyComparison:
    """Compare what two studies have in common.

    Results are of the same victim, defence, attack or corruption if these have the same names. If
    the studies have no victim in common and one each, these two are compared.

    Raises
    ------
    UserError
        If there is nothing to compare, with the reason.
    """
    found = StudyComparison(notes=list(_notes(first.card, second.card)))
    found.renamed = _alone(first.card, second.card)
    ours, theirs = (_by_place(each.card, found.renamed) for each in (first, second))
    found.only_first = [result for place, result in ours.items() if place not in theirs]
    found.only_second = [result for place, result in theirs.items() if place not in ours]
    clean: set[tuple] = set()
    for place, result in ours.items():
        if place not in theirs:
            continue
        other = theirs[place]
        if reasons := obstacles((first.card, result), (second.card, other)):
            found.refused.append(Refused(result, tuple(reasons)))
            continue
        victim = tuple(getattr(result, name) for name in (*VICTIM, "defence"))
        wanted = [name for name in QUANTITIES if name != "clean_accuracy" or victim not in clean]
        clean.add(victim)
        found.compared += _compared(wanted, (first, result), (second, other))
    if not found.compared:
        raise UserError(_nothing(found))
    return found


def _victims(card: Card) -> set[tuple]:
    return {tuple(getattr(result, name) for name in VICTIM) for result in card.results}


def _alone(first: Card, second: Card) -> bool:
    ours, theirs = _victims(first), _victims(second)
    return not ours & theirs and len(ours) == len(theirs) == 1


def _by_place(card: Card, anonymous: bool) -> dict[Place, Result]:
    threats = {threat.id: threat for threat in card.threats}
    return {_place(result, threats, anonymous): result for result in card.results}


def _place(result: Result, threats: dict, anonymous: bool) -> Place:
    threat = threats.get(result.threat)
    names = () if anonymous else tuple(getattr(result, name) for name in VICTIM)
    attack = (threat.attack, threat.eps, threat.source) if threat else None
    return (
        *names,
        result.defence,
        result.evaluation,
        attack,
        result.corruption,
        result.severity,
    )


def _compared(
    quantities: Iterable[str], first: tuple[Study, Result], second: tuple[Study, Result]
) -> Iterator[Compared]:
    pair, cause, about = None, "", ""
    try:
        pair = read_pair(first, second)
    except NotPaired as error:
        cause, about = error.cause, str(error.path or "")
    except UserError as error:
        cause, about = "a table by recording cannot be read", str(error)
    for name in quantities:
        values = getattr(first[1], name), getattr(second[1], name)
        if None in (values[0].low, values[1].low):
            continue
        yield Compared(first[1], name, *values, _difference(name, values, pair), cause, about)


def _difference(name: str, values: tuple[Interval, Interval], pair: Pair | None) -> Difference:
    """Return the second minus the first."""
    if pair is not None:
        ours, theirs = pair.correct(QUANTITIES[name])
        return Difference(*paired_difference(theirs, ours, pair.speakers))
    first, second = ((each.value, each.low, each.high) for each in values)
    return Difference(*independent_difference(second, first))


def _notes(first: Card, second: Card) -> Iterator[str]:
    """Say what else differs between corpora and definitions of the same name."""
    theirs = {corpus.name: corpus for corpus in second.corpora}
    for corpus in first.corpora:
        other = theirs.get(corpus.name)
        if other and other.sha256 != corpus.sha256:
            yield (
                f"Corpus {corpus.name} has other recordings in B ({corpus.recordings} in A, "
                f"{other.recordings} in B)."
            )
    for section in OF_VICTIMS:
        definitions = second.config.get(section, {})
        for name, definition in first.config.get(section, {}).items():
            found = "; ".join(differences(definition, definitions.get(name, definition)))
            if found:
                yield f"{section}.{name} is defined differently: {found}."


def _nothing(found: StudyComparison) -> str:
    if found.refused:
        reasons = dict.fromkeys(each for refused in found.refused for each in refused.obstacles)
        listing = "\n".join(f"  - {reason}" for reason in reasons)
        return f"The studies cannot be compared. These differ:\n{listing}"
    return (
        "The studies have nothing in common to compare: no victim under the same attack or "
        "corruption. A victim is known by its corpus, front end, network and recipe."
    )
