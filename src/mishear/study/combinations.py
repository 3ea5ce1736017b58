"""Which corpora, front ends, networks, recipes and seeds of a study are combined to victims."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from mishear.config.config import Config

LISTS = ("corpora", "front_ends", "networks", "recipes", "seeds")


@dataclass(frozen=True)
class Combination:
    """Lists of which every combination is a victim, each in the study's order."""

    corpora: tuple[str, ...]
    front_ends: tuple[str, ...]
    networks: tuple[str, ...]
    recipes: tuple[str, ...]
    seeds: tuple[int, ...]

    @property
    def settings(self) -> list[dict[str, str]]:
        """Every corpus with every front end and network."""
        places = product(self.corpora, self.front_ends, self.networks)
        return [dict(zip(("corpus", "front_end", "network"), each, strict=True)) for each in places]


def combinations(config: Config) -> list[Combination]:
    """Return the combinations of a study: those of ``study.victims``, or one of all its lists."""
    study = config.study
    return [
        Combination(
            **{
                name: tuple(
                    each for each in getattr(study, name) if chosen is None or each in chosen
                )
                for name, chosen in lists.items()
            }
        )
        for lists in [each.model_dump() for each in study.victims or []] or [dict.fromkeys(LISTS)]
    ]


def recipes_of(config: Config, network: str) -> list[str]:
    """Return the recipes with which a network is trained, in the study's order."""
    chosen = {
        recipe
        for each in combinations(config)
        if network in each.networks
        for recipe in each.recipes
    }
    return [recipe for recipe in config.study.recipes if recipe in chosen]


def seeds_in(config: Config, setting: Mapping[str, str], recipe: str) -> list[int]:
    """Return the seeds of the victims of a recipe in one setting, in the study's order."""
    chosen = {
        seed
        for each in combinations(config)
        if setting in each.settings and recipe in each.recipes
        for seed in each.seeds
    }
    return [seed for seed in config.study.seeds if seed in chosen]
