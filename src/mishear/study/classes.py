"""The classes that a job builds: dotted paths, from the config and the wildcards of the job.

Their code is part of what the job depends on. Nothing is imported here.
"""

from collections.abc import Mapping

from mishear.config.config import Config
from mishear.core.plugins import FAMILIES
from mishear.study.checks import BASELINES
from mishear.study.evaluations import chain, evaluations
from mishear.study.trainings import all_trainings, recipe_of

Names = Mapping[str, str]
"""Wildcards of a job."""


def front_end_class(config: Config, names: Names) -> list[str]:
    """Return the class of a front end."""
    return [FAMILIES["front_ends"].path(config.front_ends[names["front_end"]].class_)]


def network_class(config: Config, names: Names) -> list[str]:
    """Return the class of a victim's network; none where its file brings its own code."""
    name = config.networks[names["network"]].class_
    return [FAMILIES["networks"].path(name)] if name else []


def attack_class(config: Config, names: Names) -> list[str]:
    """Return the class of an attack."""
    return [FAMILIES["attacks"].path(config.attacks[names["attack"]].class_)]


def baseline_classes(config: Config, names: Names) -> list[str]:
    """Return the classes of the attacks that others are compared with."""
    return list(BASELINES.values())


def defence_classes(config: Config, names: Names) -> list[str]:
    """Return the class of each defence in front of a victim, in order."""
    parts = chain(config, names["defence"].partition("@")[0])
    return [FAMILIES["defences"].path(config.defences[part].class_) for part in parts]


def corruption_class(config: Config, names: Names) -> list[str]:
    """Return the class of a corruption."""
    return [FAMILIES["corruptions"].path(config.corruptions[names["corruption"]].class_)]


def detector_class(config: Config, names: Names) -> list[str]:
    """Return the class of a detector."""
    return [FAMILIES["detectors"].path(config.detectors[names["detector"]].class_)]


def recogniser_class(config: Config, names: Names) -> list[str]:
    """Return the class of a speech recogniser."""
    return [FAMILIES["recognisers"].path(config.recognisers[names["recogniser"]].class_)]


def poison_class(config: Config, names: Names) -> list[str]:
    """Return the class of the poison that is named ``poison``, ``attack`` or by the training."""
    name = names.get("poison") or names.get("attack")
    if name is None:
        poison = recipe_of(config, all_trainings(config)[names["recipe"]]).poison
    else:
        poison = config.recipes[name].poison
    return [FAMILIES["poisons"].path(poison.class_)] if poison else []


def described_classes(config: Config) -> list[str]:
    """Return the classes that the study's card describes: of attacks, poisons and networks."""
    named = {("attacks", config.attacks[name].class_) for name in _attacks(config)}
    poisons = (config.recipes[name].poison for name in config.study.recipes)
    named |= {("poisons", poison.class_) for poison in poisons if poison}
    networks = (config.networks[name].class_ for name in config.study.networks)
    named |= {("networks", name) for name in networks if name}
    return sorted(FAMILIES[section].path(name) for section, name in named)


def _attacks(config: Config) -> set[str]:
    return {found.attack for found in evaluations(config)} & config.attacks.keys()


def all_classes(config: Config) -> list[str]:
    """Return every class that a definition of the config names, those of poisons included."""
    found = [
        family.path(definition.class_)
        for section, family in FAMILIES.items()
        for definition in getattr(config, section, {}).values()
        if getattr(definition, "class_", None)
    ]
    poisons = [recipe.poison for recipe in config.recipes.values() if recipe.poison]
    found += [FAMILIES["poisons"].path(poison.class_) for poison in poisons]
    return sorted(set(found))


def is_library(name: str) -> bool:
    """Return whether a class is an adapter to another library, whose packages it needs."""
    return name.startswith("mishear.libraries.")
