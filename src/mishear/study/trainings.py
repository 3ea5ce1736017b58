"""The trainings that recipes stand for: one, or one for each combination of a recipe's sweeps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from mishear.config.config import Config
from mishear.config.recipes import Recipe
from mishear.core.errors import UserError
from mishear.study.combinations import recipes_of
from mishear.study.paths import number_name

OWN_LIBRARY = "mishear"
"""Mishear in the key ``library`` of an adversarial training."""

TRAINED = "trained"
"""Training and recipe of the victims whose network comes with its weights."""

TRAINED_SEED = 0
"""Their seed, whatever ``study.seeds`` says: there is one of them."""


@dataclass(frozen=True)
class Training:
    """One training of a recipe.

    ``amplitude`` and ``rate`` are those of its poison, ``eps`` that of its adversarial
    training, ``sigma`` that of its noise; each is None for a recipe without. With a
    ``detector`` the network is trained on what that detector kept of the recordings that
    ``sibling`` was trained on.
    """

    name: str
    recipe: str
    amplitude: float | None = None
    rate: float | None = None
    eps: float | None = None
    sigma: float | None = None
    detector: str | None = None

    @property
    def sibling(self) -> str:
        """Name of the training whose recordings the detector looked at; its own without one."""
        return self.name.removesuffix(f"-kept-{self.detector}")


def trainings(name: str, recipe: Recipe) -> list[Training]:
    """Return all trainings of a recipe: one, or one for each combination of its sweeps.

    With a poison each is followed by one for each detector.
    """
    poison, adversarial, noise = recipe.poison, recipe.adversarial, recipe.noise
    sweeps = {
        "amplitude": poison.amplitudes if poison else [None],
        "rate": poison.rate if poison else [None],
        "eps": adversarial.eps if adversarial else [None],
        "sigma": noise.sigma if noise else [None],
    }
    found = []
    for values in product(*sweeps.values()):
        swept = dict(zip(sweeps, values, strict=True))
        training = Training(_training_name(name, swept), name, **swept)
        found.append(training)
        found += [
            replace(training, name=f"{training.name}-kept-{detector}", detector=detector)
            for detector in (poison.detectors if poison else [])
        ]
    return found


def _training_name(recipe: str, values: Mapping[str, float | None]) -> str:
    levels = [f"{key}{number_name(value)}" for key, value in values.items() if value is not None]
    return "-".join([recipe, *levels])


def all_trainings(config: Config) -> dict[str, Training]:
    """Return every training defined in the config, and that of trained networks, by its name."""
    defined = {
        training.name: training
        for name, recipe in config.recipes.items()
        for training in trainings(name, recipe)
    }
    return defined | {TRAINED: Training(TRAINED, TRAINED)}


def recipe_of(config: Config, training: Training) -> Recipe:
    """Return the recipe of a training; that of trained networks has every key at its default."""
    return Recipe() if training.recipe == TRAINED else config.recipes[training.recipe]


def check_names(config: Config) -> None:
    """Check that no two trainings have the same name.

    Raises
    ------
    UserError
        If a recipe is called as a training of another one, which has a sweep, or as the training
        of networks that come with their weights.
    """
    found: dict[str, str] = {}
    for name, recipe in config.recipes.items():
        if TRAINED in [training.name for training in trainings(name, recipe)]:
            raise UserError(
                f"recipes.{name}: '{TRAINED}' stands for networks that come with their weights. "
                f"Rename the recipe."
            )
        for training in trainings(name, recipe):
            if training.name in found:
                raise UserError(
                    f"recipes.{name}, recipes.{found[training.name]}: both have a training called "
                    f"'{training.name}', so their results would be the same files. Rename one of "
                    f"them."
                )
            found[training.name] = name


def study_trainings(config: Config) -> list[Training]:
    """Return the trainings of the study's networks, in the order of its lists."""
    return list(
        dict.fromkeys(
            training
            for network in config.study.networks
            for training in trainings_of(config, network)
        )
    )


def trainings_of(config: Config, network: str) -> list[Training]:
    """Return the trainings of a network: those of the study's recipes, or that of a trained one."""
    if config.networks[network].is_trained:
        return [Training(TRAINED, TRAINED)]
    return [
        training
        for recipe in recipes_of(config, network)
        for training in trainings(recipe, config.recipes[recipe])
    ]


def training_settings(config: Config, training: Training) -> dict[str, Any]:
    """Return the settings of a recipe that a training depends on, each sweep replaced by its value.

    Its poison is left out: the recordings poisoned with it are an input of the training.
    """
    keys = {"epochs", "batch_size", "learning_rate", "schedule", "adversarial", "noise"}
    settings = recipe_of(config, training).model_dump(include=keys)
    if training.eps is not None:
        settings["adversarial"]["eps"] = training.eps
    if training.sigma is not None:
        settings["noise"]["sigma"] = training.sigma
    return settings


def counterparts(config: Config) -> dict[str, str]:
    """Return trainings of the study by those that differ from them in one thing alone.

    One without what a detector flagged has the same with it, one by another library the first of
    Mishear's own with the same settings.
    """
    own: dict[str, str] = {}
    others: dict[str, str] = {}
    for training in unpoisoned_trainings(config):
        settings = training_settings(config, training)
        if settings["adversarial"]:
            library = settings["adversarial"].pop("library")
            text = json.dumps(settings, sort_keys=True)
            if library == OWN_LIBRARY:
                own.setdefault(text, training.name)
            else:
                others[training.name] = text
    found = {name: own[text] for name, text in others.items() if text in own}
    detected = [training for training in study_trainings(config) if training.detector]
    return found | {training.name: training.sibling for training in detected}


def unpoisoned_trainings(config: Config) -> list[Training]:
    """Return the trainings of the study without poison."""
    return [
        training
        for training in study_trainings(config)
        if recipe_of(config, training).poison is None
    ]


def reference_training(config: Config, network: str) -> Training | None:
    """Return the first training without poison of a network, the reference of its victims.

    Its victims are the source models of transfer attacks.
    """
    if config.networks[network].is_trained:
        return trainings_of(config, network)[0]
    for recipe in recipes_of(config, network):
        if config.recipes[recipe].poison is None:
            return trainings(recipe, config.recipes[recipe])[0]
    return None


def reference_trainings(config: Config) -> dict[str, Training]:
    """Return the reference of each network of the study that has one, by the network's name."""
    found = {network: reference_training(config, network) for network in config.study.networks}
    return {network: training for network, training in found.items() if training is not None}
