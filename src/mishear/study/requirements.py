"""The requirements of a study, and the rows of its summary that must meet them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mishear.config.config import Config
from mishear.config.messages import suggestion
from mishear.config.requirements import Requirement
from mishear.core.errors import config_error
from mishear.study.keys import corruption_keys, summary_keys
from mishear.study.paths import number_name, report
from mishear.study.trainings import all_trainings

FILTERS = (
    *("corpus", "front_end", "network", "recipe", "defence"),
    *("attack", "evaluation", "eps", "corruption", "severity"),
)
"""Keys of a requirement that choose rows, from the widest to the narrowest."""

UNKNOWN = 100
"""Severities of a corruption of which nobody knows how many it has: none is refused."""

Keys = Mapping[str, Any]
"""What tells a row of the summary from the others."""


@dataclass(frozen=True)
class Required:
    """A requirement, and which rows of ``summary_over_seeds.csv`` must meet it.

    Attributes
    ----------
    key
        Its place in the config, such as ``study.require[0]``.
    quantity
        Column that must reach the accuracy: ``accuracy`` or ``clean_accuracy``.
    at_least
        The accuracy.
    chosen
        Values that the rows have in some columns. A column that is not named may have any.
    """

    key: str
    quantity: str
    at_least: float
    chosen: Mapping[str, tuple[Any, ...]]

    def concerns(self, keys: Keys) -> bool:
        """Tell whether a row must meet it."""
        return all(keys[name] in values for name, values in self.chosen.items())


def gate_files(config: Config) -> list[str]:
    """Return the file that says that the requirements are met, in a list; none without any."""
    return [report(config.study.name, "gate.txt")] if config.study.require else []


def required(config: Config) -> tuple[Required, ...]:
    """Return the requirements of a study."""
    return tuple(
        Required(
            key=f"study.require[{number}]",
            quantity="accuracy" if each.accuracy is not None else "clean_accuracy",
            at_least=each.accuracy or each.clean_accuracy,
            chosen={
                name: tuple(sorted(_meant(config, name, getattr(each, name))))
                for name in FILTERS
                if getattr(each, name) is not None
            },
        )
        for number, each in enumerate(config.study.require)
    )


def check_requirements(config: Config, severities: Mapping[str, int]) -> None:
    """Check that the study evaluates what its requirements are about.

    Parameters
    ----------
    config
        The config.
    severities
        Number of severities of each corruption, as far as it is known.

    Raises
    ------
    UserError
        Listing every requirement that no row of the summary can meet, with what there is.
    """
    if not config.study.require:
        return
    rows = list(_evaluated(config, severities))
    mistakes = [
        mistake
        for number, each in enumerate(config.study.require)
        if (mistake := _mistake(config, f"study.require[{number}]", each, rows))
    ]
    if mistakes:
        raise config_error(mistakes)


def _meant(config: Config, name: str, value: Any) -> set[Any]:
    """Return the values of a column that a key of a requirement stands for."""
    if name != "recipe":
        return {value}
    known = all_trainings(config).values()
    return {each.name for each in known if value in (each.recipe, each.name)} or {value}


def _evaluated(config: Config, severities: Mapping[str, int]) -> Iterator[Keys]:
    for row in summary_keys(config):
        yield row
    for row in corruption_keys(config):
        for severity in range(1, severities.get(row["corruption"], UNKNOWN) + 1):
            yield row | {"severity": severity}


def _mistake(config: Config, where: str, requirement: Requirement, rows: list[Keys]) -> str:
    """Return what is wrong with a requirement; empty if nothing is."""
    if not rows:
        return f"{where}: the study evaluates nothing. Name attacks or corruptions in study."
    for name in FILTERS:
        value = getattr(requirement, name)
        if value is None:
            continue
        meant = _meant(config, name, value)
        found = [row for row in rows if any(row[name] == each for each in meant)]
        if not found:
            there = _values(row[name] for row in rows)
            hint = suggestion(_word(value), there)
            return (
                f"{where}.{name}: the study evaluates no {name} {_word(value)} on the victims that "
                f"the other keys choose{hint}. There: {', '.join(there) or 'none'}."
            )
        rows = found
    return ""


def _values(values: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(_word(value) for value in values if value is not None))


def _word(value: Any) -> str:
    return number_name(value) if isinstance(value, int | float) else str(value)
