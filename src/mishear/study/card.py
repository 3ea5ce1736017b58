"""What the card of a study, and the texts for papers, are made from."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter

from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.study import paths
from mishear.study.corruptions import corrupted
from mishear.study.evaluations import Victim, chain, evaluations
from mishear.study.figure_inputs import table
from mishear.study.folds import folds, wildcard
from mishear.study.keys import certified, corruption_keys, evaluated_victims, summary_keys
from mishear.study.networks import network_definition
from mishear.study.requirements import Required, required
from mishear.study.trainings import recipe_of, study_trainings
from mishear.study.units import unit_files

WITHOUT_RESULTS = {"device", "jobs_per_gpu", "warm_start", "report"}
"""Keys about the machine and about looks. What results were computed with is recorded in them."""

ROW_KEYS = tuple(name for name in SUMMARY_OVER_SEEDS.keys if name != "severity")
"""Columns that a row of ``summary_over_seeds.csv`` has in common with the files it is from."""


@dataclass(frozen=True)
class Divided:
    """A division of a corpus."""

    corpus: str
    fold: int | None
    path: str


@dataclass(frozen=True)
class Weights:
    """A victim, its file of weights, and the file with the hash of it."""

    victim: Victim
    path: str
    digest: str

    @property
    def setting(self) -> str:
        """The corpus, front end and network, as in the keys of :func:`card_inputs`."""
        return f"{self.victim.corpus}/{self.victim.front_end}/{self.victim.network}"


@dataclass(frozen=True)
class PerRecording:
    """A table with a row for each recording, and the rows of the summary that it is part of."""

    row: Mapping[str, Any]
    seed: int
    fold: int | None
    path: str


@dataclass(frozen=True)
class CardPlan:
    """A study as its card describes it, without numbers.

    Attributes
    ----------
    config
        See :func:`used_config`.
    networks
        What the network of each setting is built from, by :attr:`Weights.setting`.
    """

    config: Mapping[str, Any]
    networks: Mapping[str, Mapping[str, Any]]
    splits: tuple[Divided, ...]
    weights: tuple[Weights, ...]
    tables: tuple[PerRecording, ...]
    requirements: tuple[Required, ...]


def card_plan(config: Config) -> CardPlan:
    """Describe a study for its card."""
    weights = tuple(_weights(victim) for victim in evaluated_victims(config))
    return CardPlan(
        config=used_config(config),
        networks={each.setting: _definition(config, each.victim) for each in weights},
        splits=tuple(
            Divided(corpus, fold, paths.SPLIT.format(corpus=corpus, fold=wildcard(fold)))
            for corpus in config.study.corpora
            for fold in folds(config, corpus)
        ),
        weights=weights,
        tables=tuple(_tables(config)),
        requirements=required(config),
    )


def read_card_plan(params: Mapping[str, Any]) -> CardPlan:
    """Rebuild a plan from its dict, see :func:`dataclasses.asdict`."""
    return TypeAdapter(CardPlan).validate_python(params)


def card_params(config: Config) -> dict[str, Any]:
    """Return the plan as params of a job."""
    return asdict(card_plan(config))


def card_inputs(config: Config) -> dict[str, str]:
    """Return the paths of what a card is made from, by their keys.

    Files of one split, victim or evaluation have their own paths as keys. Of the weights there are
    those of one victim of each setting: others of its network have as many parameters.
    """
    names = ["summary_over_seeds", "robustness_over_seeds", "checks", "environments"]
    names += ["certificates"] if certified(config) else []
    plan = card_plan(config)
    files = [each.path for each in (*plan.splits, *plan.tables)]
    files += [each.digest for each in plan.weights]
    firsts = {each.setting: each.path for each in reversed(plan.weights)}
    return {
        **{name: table(config, name) for name in names},
        **{f"index/{name}": paths.INDEX.format(corpus=name) for name in config.study.corpora},
        **{f"unit/{name}": file for name, file in unit_files(config).items()},
        **{f"network/{setting}": file for setting, file in firsts.items()},
        **{file: file for file in files},
    }


def used_config(config: Config) -> dict[str, Any]:
    """Return what results depend on: the definitions that the study uses, and what goes for all."""
    found = config.model_dump(by_alias=True, exclude=WITHOUT_RESULTS, exclude_none=True)
    for section, names in _used(config).items():
        found[section] = {name: found[section][name] for name in sorted(names)}
    return found


def _used(config: Config) -> dict[str, set[str]]:
    """Return for each section of definitions the names of those that the study uses."""
    study = config.study
    recipes = {each.recipe for each in study_trainings(config)} & config.recipes.keys()
    listening, targeted, transfer = config.listening, config.targeted, config.transfer
    run = {each.attack for each in evaluations(config)}
    run |= set(targeted.attacks if targeted else []) | set(transfer.attacks if transfer else [])
    run |= {before for name in run & config.attacks.keys() for before in _before(config, name)}
    poisons = [config.recipes[name].poison for name in recipes if config.recipes[name].poison]
    return {
        "corpora": set(study.corpora),
        "front_ends": set(study.front_ends),
        "networks": set(study.networks),
        "recipes": recipes,
        "attacks": run & config.attacks.keys(),
        "corruptions": set(study.corruptions),
        "defences": set(_defences(config)),
        "detectors": {name for poison in poisons for name in poison.detectors},
        "recognisers": set(listening.recognisers if listening else []),
    }


def _before(config: Config, attack: str) -> list[str]:
    return config.attacks[attack].after or []


def _defences(config: Config) -> Iterator[str]:
    named = set(config.study.defences)
    for training in study_trainings(config):
        named |= set(recipe_of(config, training).defences or [])
    for name in named - {NO_DEFENCE}:
        yield from [name, *chain(config, name)]


def _weights(victim: Victim) -> Weights:
    path = paths.WEIGHTS.format(**victim.names)
    return Weights(victim, path, paths.digest(path))


def _definition(config: Config, victim: Victim) -> dict[str, Any]:
    network, rate = config.networks[victim.network], config.front_ends[victim.front_end].sample_rate
    return network_definition(network, f"networks.{victim.network}", rate)


def _tables(config: Config) -> Iterator[PerRecording]:
    attacked = zip(summary_keys(config), evaluations(config), strict=True)
    changed = zip(corruption_keys(config), corrupted(config), strict=True)
    for keys, each in (*attacked, *changed):
        row = {name: keys[name] for name in ROW_KEYS}
        yield PerRecording(row, each.victim.seed, each.victim.fold, each.results)
