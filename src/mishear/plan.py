"""What a study consists of: its victims and its evaluations, with their places in ``results``."""

from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from mishear.config import NAME_PATTERN, Config, Recipe

NAME = NAME_PATTERN.strip("^$")
"""What names look like in paths."""

CLEAN = "clean"
"""Name of the spectrograms of recordings as they are."""


@dataclass(frozen=True)
class Victim:
    """Corpus, front end, network, recipe and seed: one trained model.

    ``recipe`` names one training; a recipe with a sweep stands for several, see
    :func:`trainings`.
    """

    corpus: str
    front_end: str
    network: str
    recipe: str
    seed: int

    @property
    def path(self) -> str:
        return f"{self.corpus}/{self.front_end}/{self.network}/{self.recipe}/seed{self.seed}"


@dataclass(frozen=True)
class Evaluation:
    """A victim behind a defence under an attack at one eps."""

    victim: Victim
    defence: str
    attack: str
    eps: float

    @property
    def path(self) -> str:
        return f"{self.victim.path}/{self.defence}/{self.attack}/eps{number_name(self.eps)}"


@dataclass(frozen=True)
class Training:
    """One training of a recipe; ``amplitude`` and ``share`` are those of its poison."""

    name: str
    recipe: str
    amplitude: float | None = None
    share: float | None = None


def number_name(value: float) -> str:
    """A number as it stands in a path; the config's numbers are rounded to fit (six digits)."""
    return f"{value:g}"


def trainings(name: str, recipe: Recipe) -> list[Training]:
    """All trainings a recipe stands for: one, or one for each amplitude and share."""
    if recipe.poison is None:
        return [Training(name, name)]
    return [
        Training(
            f"{name}-amplitude{number_name(amplitude)}-share{number_name(share)}",
            name,
            amplitude,
            share,
        )
        for amplitude, share in product(recipe.poison.amplitude, recipe.poison.share)
    ]


def all_trainings(config: Config) -> dict[str, Training]:
    """Every training defined in the config, by its name."""
    return {
        training.name: training
        for name, recipe in config.recipes.items()
        for training in trainings(name, recipe)
    }


def victims(config: Config) -> list[Victim]:
    """The victims of the study, in the order of its lists."""
    study = config.study
    names = [
        training.name
        for recipe in study.recipes
        for training in trainings(recipe, config.recipes[recipe])
    ]
    return [
        Victim(*parts)
        for parts in product(study.corpora, study.front_ends, study.networks, names, study.seeds)
    ]


def evaluations(config: Config) -> list[Evaluation]:
    """The evaluations of the study, in the order of its lists.

    Victims of a recipe without poison face the study's attacks and the test recordings poisoned
    by every poisoned recipe of the study; victims of a poisoned recipe face the test recordings
    poisoned as their training was, and the attacks their recipe names.
    """
    found = []
    known = all_trainings(config)
    for victim in victims(config):
        training = known[victim.recipe]
        for defence in config.study.defences:
            faced = [*_attacks(config, training), *_poisons(config, training)]
            found += [Evaluation(victim, defence, attack, eps) for attack, eps in faced]
    return found


def _attacks(config: Config, training: Training) -> list[tuple[str, float]]:
    recipe = config.recipes[training.recipe]
    chosen = recipe.attacks
    if chosen is None:
        chosen = [] if recipe.poison else config.study.attacks
    return [(attack, eps) for attack in chosen for eps in config.attacks[attack].eps]


def _poisons(config: Config, training: Training) -> list[tuple[str, float]]:
    if training.amplitude is not None:
        return [(training.recipe, training.amplitude)]
    return [
        (name, amplitude)
        for name in config.study.recipes
        if (poison := config.recipes[name].poison)
        for amplitude in poison.amplitude
    ]


def summary_keys(config: Config) -> list[dict[str, Any]]:
    """For each evaluation, in order, what the summary says of it besides its results."""
    known = all_trainings(config)
    keys = []
    for evaluation in evaluations(config):
        training = known[evaluation.victim.recipe]
        attack = config.attacks.get(evaluation.attack)
        keys.append(
            {
                **asdict(evaluation.victim),
                "poison": training.recipe if training.amplitude is not None else None,
                "poison_amplitude": training.amplitude,
                "poison_share": training.share,
                "defence": evaluation.defence,
                "attack": evaluation.attack,
                "domain": attack.domain if attack else "waveform",
                "eps": evaluation.eps,
            }
        )
    return keys
