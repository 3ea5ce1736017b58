"""Rules of ``study.victims``: it combines what is in the study's lists, and all of that."""

from collections.abc import Iterator

from mishear.config.config import Config
from mishear.config.messages import suggestion

NAMED = ("corpora", "front_ends", "networks", "recipes", "seeds")


def misfits_of_combinations(config: Config) -> Iterator[str]:
    """Yield a message for every choice of ``study.victims`` that does not fit the study's lists."""
    study = config.study
    if study.victims is None:
        return
    for name in NAMED:
        listed, used = list(getattr(study, name)), set()
        for number, combination in enumerate(study.victims):
            chosen = getattr(combination, name)
            used |= set(listed if chosen is None else chosen)
            for each in chosen or []:
                if each not in listed:
                    hint = suggestion(str(each), map(str, listed))
                    yield (
                        f"study.victims[{number}].{name}: {each} is not in study.{name}{hint}. "
                        f"Add it there."
                    )
        for each in listed:
            if each not in used:
                yield (
                    f"study.{name}: {each} is in none of study.victims. Remove it, or add it there."
                )
    yield from _recipes_of_one_network(config)


def _recipes_of_one_network(config: Config) -> Iterator[str]:
    """Yield a message for a network with other recipes in one place than in another.

    Its first recipe without poison trains the source models of transfer attacks everywhere.
    """
    study, found = config.study, {}
    for number, combination in enumerate(study.victims):
        recipes = set(combination.recipes or study.recipes)
        for network in combination.networks or study.networks:
            if network in config.networks and config.networks[network].is_trained:
                continue
            first, earlier = found.setdefault(network, (number, recipes))
            if earlier != recipes:
                yield (
                    f"study.victims[{number}].recipes: network '{network}' has other recipes in "
                    f"study.victims[{first}]. Give it the same ones, or define it again under "
                    f"another name."
                )
