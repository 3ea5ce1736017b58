"""Which figures a study has, with their places in ``results``. Imports nothing heavy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf, isinf
from typing import Any

from mishear.config.config import Config
from mishear.study.plan import (
    Evaluation,
    Victim,
    all_trainings,
    attacked_itself,
    attacks_on,
    attacks_on_spectrograms,
    certificates,
    evaluations,
    number_name,
    poison_definition,
    poison_domain,
    reference_training,
    study_trainings,
    unpoisoned_trainings,
)


@dataclass(frozen=True)
class Figure:
    """One figure of the report.

    ``recipe`` is set for figures of one poisoned recipe or, by its name, of one training;
    ``attack`` and ``eps`` for those of one attack.
    """

    kind: str
    corpus: str
    front_end: str
    network: str
    recipe: str | None = None
    attack: str | None = None
    eps: float | None = None

    @property
    def path(self) -> str:
        """Place under the folder of the study's report."""
        folder = [self.corpus, self.front_end, self.network]
        if self.recipe:
            folder.append(self.recipe)
        stem = f"{self.kind}-{self.attack}" if self.attack else self.kind
        return "/".join(["figures", *folder, f"{stem}.svg"])


NO_DEFENCE = "none"

Setting = Mapping[str, str]
"""Names of a corpus, a front end and a network."""


def settings_of(config: Config) -> list[dict[str, str]]:
    """The combinations of corpus, front end and network; each is a section of the report."""
    study = config.study
    return [
        {"corpus": corpus, "front_end": front_end, "network": network}
        for corpus, front_end, network in product(study.corpora, study.front_ends, study.networks)
    ]


def figures(config: Config) -> list[Figure]:
    """All figures of the study, in the order of its lists."""
    limited = limited_evaluations(config)
    return [
        figure
        for setting in settings_of(config)
        for figure in _figures_of_setting(config, setting, limited)
    ]


def _figures_of_setting(
    config: Config, setting: Setting, limited: Sequence[Evaluation]
) -> Iterator[Figure]:
    if any(evaluation.source is None for evaluation in limited):
        yield Figure("accuracy", **setting)
    if minimisations(config, setting):
        yield Figure("distance", **setting)
    for recipe in poisoned_recipes(config):
        yield Figure("poisoning", **setting, recipe=recipe)
        if poison_domain(config, recipe) == "waveform":
            yield Figure("recording", **setting, recipe=recipe)
    if config.listening is not None:
        if waveform_attacks(config):
            yield Figure("ratios", **setting)
        for recipe in noises(config):
            yield Figure("ears", **setting, recipe=recipe)
    if len(defended(limited)) > 1:
        yield Figure("tradeoff", **setting)
    if certificates(config):
        yield Figure("certificates", **setting)
    # Only of the recipe that stands for the study: a sweep of recipes would fill the page.
    for training in unpoisoned_trainings(config)[:1]:
        attacks = attacks_on_spectrograms(config, training)
        if attacks:
            yield Figure("confusion", **setting, recipe=training.name)
        for attack in attacks:
            eps = gallery_eps(config.attacks[attack].eps, config.report.gallery.eps)
            yield Figure("gallery", **setting, recipe=training.name, attack=attack, eps=eps)
    yield Figure("training", **setting)


def waveform_attacks(config: Config) -> list[str]:
    """Attacks on the waveform that the reference training is put to, in their order."""
    reference = reference_training(config)
    if reference is None:
        return []
    attacks = attacks_on(config, reference)
    return [attack for attack in attacks if config.attacks[attack].domain == "waveform"]


def poisoned_recipes(config: Config) -> list[str]:
    """Recipes of the study with poison."""
    return [name for name in config.study.recipes if config.recipes[name].poison]


def noises(config: Config) -> list[str]:
    """Those that change the waveform and aim at no class."""
    poisons = {name: config.recipes[name].poison for name in poisoned_recipes(config)}
    return [name for name, poison in poisons.items() if poison.amplitude and poison.target is None]


def poisons(config: Config) -> dict[str, dict[str, Any]]:
    """The definition of each poison of the study, by its recipe."""
    return {name: poison_definition(config, name) for name in poisoned_recipes(config)}


def limited_evaluations(config: Config) -> list[Evaluation]:
    """Evaluations under an attack on the spectrogram with an eps."""
    return [
        evaluation
        for evaluation in evaluations(config)
        if evaluation.attack in config.attacks
        and config.attacks[evaluation.attack].domain == "spectrogram"
        and not isinf(evaluation.eps)
    ]


def defended(limited: Sequence[Evaluation]) -> set[tuple[str, str]]:
    """Trainings and defences that attacks with an eps are run against."""
    return {(evaluation.victim.recipe, evaluation.defence) for evaluation in limited}


def families(config: Config) -> dict[str, str]:
    """For each training of the study the recipe it belongs to."""
    return {training.name: training.recipe for training in study_trainings(config)}


def gallery_eps(listed: Sequence[float], wanted: float) -> float:
    """The eps at which an attack is drawn: the listed one nearest to the one wanted (dB)."""
    return min(listed, key=lambda eps: (abs(eps - wanted), eps))


def first_victim(config: Config, setting: Setting, training: str) -> Victim:
    """The victim of the study's first seed, which stands for its training in galleries."""
    return Victim(**setting, recipe=training, seed=config.study.seeds[0])


def shown_evaluations(config: Config, setting: Setting, training: str) -> list[Evaluation]:
    """For each attack on a training the evaluation at the eps drawn, for the first seed."""
    victim = first_victim(config, setting, training)
    return [
        Evaluation(
            victim,
            NO_DEFENCE,
            attack,
            gallery_eps(config.attacks[attack].eps, config.report.gallery.eps),
        )
        for attack in attacks_on_spectrograms(config, all_trainings(config)[training])
    ]


def minimisations(config: Config, setting: Setting) -> list[Evaluation]:
    """Evaluations without a limit on eps of the unpoisoned recipes' victims themselves."""
    return [
        Evaluation(Victim(**setting, recipe=training.name, seed=seed), NO_DEFENCE, attack, inf)
        for training in unpoisoned_trainings(config)
        if attacked_itself(config, training)
        for attack in attacks_on_spectrograms(config, training)
        if inf in config.attacks[attack].eps
        for seed in config.study.seeds
    ]


def poisoned_evaluations(config: Config, setting: Setting, poison: str) -> list[Evaluation]:
    """The first unpoisoned victim on recordings poisoned at each amplitude; or none."""
    reference = reference_training(config)
    if reference is None:
        return []
    victim = first_victim(config, setting, reference.name)
    return [
        Evaluation(victim, NO_DEFENCE, poison, amplitude)
        for amplitude in config.recipes[poison].poison.amplitudes
    ]


def victims(config: Config, setting: Setting) -> list[dict[str, Any]]:
    """For each victim of a setting its path, training, recipe, what was swept, and seed.

    Victims trained once more on what a detector kept are left out.
    """
    return [
        {
            "path": Victim(**setting, recipe=training.name, seed=seed).path,
            "training": training.name,
            "recipe": training.recipe,
            "amplitude": training.amplitude,
            "rate": training.rate,
            "eps": training.eps,
            "sigma": training.sigma,
            "seed": seed,
        }
        for training in study_trainings(config)
        if training.detector is None
        for seed in config.study.seeds
    ]


def reference_victims(config: Config) -> list[Victim]:
    """The victims of the reference training: for each setting one of each seed."""
    reference = reference_training(config)
    if reference is None:
        return []
    return [
        Victim(**setting, recipe=reference.name, seed=seed)
        for setting in settings_of(config)
        for seed in config.study.seeds
    ]


def gallery_path(config: Config, setting: Setting, training: str, attack: str) -> str:
    """Place of an attack's adversarial recordings under ``results/galleries``."""
    eps = gallery_eps(config.attacks[attack].eps, config.report.gallery.eps)
    victim = first_victim(config, setting, training)
    return f"{victim.path}/{attack}/eps{number_name(eps)}.npz"
