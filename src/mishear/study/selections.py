"""What figures and the report select from a study: settings, victims, evaluations, attacks."""

from collections.abc import Mapping, Sequence
from math import inf, isinf
from typing import Any

from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.study import paths
from mishear.study.evaluations import (
    Evaluation,
    Victim,
    attacked_itself,
    attacks_on,
    attacks_on_inputs,
    attacks_with_examples,
    evaluations,
    first_victim,
    settings_of,
)
from mishear.study.evaluations import victims as study_victims
from mishear.study.kept import gallery_eps
from mishear.study.reported import AttackDefinition
from mishear.study.trainings import (
    Training,
    all_trainings,
    reference_training,
    study_trainings,
    unpoisoned_trainings,
)

Setting = Mapping[str, str]
"""Names of a corpus, a front end and a network."""


def waveform_attacks(config: Config, network: str) -> list[str]:
    """Return the attacks on the waveform with an eps on a network's undefended reference."""
    reference = reference_training(config, network)
    if reference is None or not attacked_itself(config, network, reference):
        return []
    return [
        attack
        for attack in attacks_on(config, network, reference)
        if config.attacks[attack].domain == "waveform"
        and not all(map(isinf, config.attacks[attack].eps))
    ]


def attack_definitions(config: Config, domain: str = "spectrogram") -> dict[str, AttackDefinition]:
    """Return the attacks that the study runs in a domain.

    They are in the order in which the study runs them, which gives them their colours.
    """
    keys = {"class_", "params", "restarts", "targets"}
    run = dict.fromkeys(evaluation.attack for evaluation in evaluations(config))
    return {
        name: AttackDefinition(**config.attacks[name].model_dump(include=keys))
        for name in run
        if name in config.attacks and config.attacks[name].domain == domain
    }


def poisoned_recipes(config: Config) -> list[str]:
    """Return the recipes of the study with a poison."""
    return [name for name in config.study.recipes if config.recipes[name].poison]


def noises(config: Config) -> list[str]:
    """Return the poisoned recipes that change the waveform and have no target class."""
    poisons = {name: config.recipes[name].poison for name in poisoned_recipes(config)}
    return [name for name, poison in poisons.items() if poison.amplitude and poison.target is None]


def limited_evaluations(config: Config, network: str) -> list[Evaluation]:
    """Return the evaluations of a network under an attack on the input with an eps."""
    return [
        evaluation
        for evaluation in evaluations(config)
        if evaluation.victim.network == network
        and evaluation.attack in config.attacks
        and config.attacks[evaluation.attack].domain == "spectrogram"
        and not isinf(evaluation.eps)
    ]


def defended(limited: Sequence[Evaluation]) -> set[tuple[str, str]]:
    """Return the trainings and defences that attacks with an eps are run against."""
    return {(evaluation.victim.recipe, evaluation.defence) for evaluation in limited}


def families(config: Config) -> dict[str, str]:
    """Return the recipe of each training of the study."""
    return {training.name: training.recipe for training in study_trainings(config)}


def sweep_labels(config: Config) -> dict[str, str]:
    """Return what distinguishes each training of the study from others of its recipe."""
    return {
        training: training.removeprefix(recipe).strip("-")
        for training, recipe in families(config).items()
    }


def shown_evaluations(config: Config, setting: Setting, training: str) -> list[Evaluation]:
    """Return the evaluation of each attack on a training at the eps drawn, for the first seed."""
    victim = first_victim(config, setting, training)
    return [
        Evaluation(victim, NO_DEFENCE, attack, gallery_eps(config, setting, attack))
        for attack in attacks_with_examples(
            config, setting["network"], all_trainings(config)[training]
        )
    ]


def victims_of(config: Config, setting: Setting, training: Training) -> list[Victim]:
    """Return the victims of a training in one setting, of all seeds and folds."""
    return [
        victim
        for victim in study_victims(config)
        if victim.recipe == training.name
        and all(getattr(victim, key) == name for key, name in setting.items())
    ]


def minimisations(config: Config, setting: Setting) -> list[Evaluation]:
    """Return the adaptive evaluations without a limit on eps of the unpoisoned recipes' victims."""
    return [
        Evaluation(victim, NO_DEFENCE, attack, inf)
        for training in unpoisoned_trainings(config)
        if attacked_itself(config, setting["network"], training)
        for attack in attacks_on_inputs(config, setting["network"], training)
        if inf in config.attacks[attack].eps
        for victim in victims_of(config, setting, training)
    ]


def poisoned_evaluations(config: Config, setting: Setting, poison: str) -> list[Evaluation]:
    """Return the evaluations of the first unpoisoned victim at each amplitude of a poison."""
    reference = reference_training(config, setting["network"])
    if reference is None:
        return []
    victim = first_victim(config, setting, reference.name)
    return [
        Evaluation(victim, NO_DEFENCE, poison, amplitude)
        for amplitude in config.recipes[poison].poison.amplitudes
    ]


def victims(config: Config, setting: Setting) -> list[dict[str, Any]]:
    """Return path, training, recipe, swept values and seed of each victim of a setting.

    Victims retrained on what a detector kept are left out.
    """
    return [
        {
            "path": victim.path,
            "history": paths.HISTORY.format(**victim.names),
            "training": training.name,
            "recipe": training.recipe,
            "amplitude": training.amplitude,
            "rate": training.rate,
            "eps": training.eps,
            "sigma": training.sigma,
            "seed": victim.seed,
        }
        for training in study_trainings(config)
        if training.detector is None
        for victim in victims_of(config, setting, training)
    ]


def reference_victims(config: Config) -> list[Victim]:
    """Return the victims that are trained as the reference of their network.

    There is one a setting, seed and fold.
    """
    return [
        victim
        for setting in settings_of(config)
        for reference in [reference_training(config, setting["network"])]
        if reference is not None
        for victim in victims_of(config, setting, reference)
    ]
