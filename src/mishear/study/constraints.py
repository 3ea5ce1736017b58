"""The names that a rule's wildcards may stand for."""

import re
from collections.abc import Iterable

from mishear.config.config import Config
from mishear.study import paths
from mishear.study.kept import runs_once
from mishear.study.plan import Plan
from mishear.study.trainings import TRAINED, all_trainings, recipe_of


def any_of(names: Iterable[str] | None, otherwise: str = paths.NAME) -> str:
    """Return a regular expression that matches some names only.

    Parameters
    ----------
    names
        The names; None for any, which is what ``otherwise`` matches.
    otherwise
        Regular expression of any name.
    """
    if names is None:
        return otherwise
    return "|".join(map(re.escape, sorted(names))) or "(?!)"


def corpora_of_kind(plan: Plan, *kinds: str) -> list[str]:
    """Return the corpora of the study whose recordings come in one of some ways."""
    return [name for name, source in plan.origins.items() if source.kind in kinds]


def trained_by(config: Config, library: str) -> list[str]:
    """Return the trainings that a library makes; ``mishear`` makes those of no other."""
    return [
        name
        for name, training in all_trainings(config).items()
        for adversarial in [recipe_of(config, training).adversarial]
        if name != TRAINED and (adversarial.library if adversarial else "mishear") == library
    ]


def attacks_in(config: Config, domain: str, sharded: bool | None = None) -> list[str]:
    """Return the attacks in a domain: all, or those divided among several jobs, or the others.

    Universal attacks are neither divided nor among the others.
    """
    return [
        name
        for name, attack in config.attacks.items()
        if attack.domain == domain
        and (sharded is None or (sharded == (attack.shards > 1) and not attack.universal))
    ]


def universal_attacks(config: Config, domain: str) -> list[str]:
    """Return the universal attacks in a domain."""
    return [name for name in attacks_in(config, domain) if config.attacks[name].universal]


def transferred_attacks(config: Config) -> list[str]:
    """Return the attacks on spectrograms whose transfer is judged on the kept inputs."""
    spectrogram = attacks_in(config, "spectrogram")
    return [name for name in spectrogram if runs_once(config.attacks[name])]


def kept_attacks(plan: Plan) -> list[str]:
    """Return the attacks of the evaluations that keep their adversarial inputs.

    An attack that is divided among several jobs keeps them in any case, one that continues others
    in none.
    """
    attacks = plan.config.attacks
    undivided = attacks_in(plan.config, "spectrogram", sharded=False)
    undivided = [name for name in undivided if not attacks[name].after]
    wanted = plan.kept.attacks
    return undivided if wanted is None else [name for name in undivided if name in wanted]


def poisoned_recipes(config: Config) -> list[str]:
    """Return the recipes with a poison."""
    return [name for name, recipe in config.recipes.items() if recipe.poison]
