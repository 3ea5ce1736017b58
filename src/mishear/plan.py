"""What a study consists of: its victims and its evaluations, with their places in ``results``."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from mishear.config import NAME_PATTERN, Config, Recipe
from mishear.errors import UserError

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
    """One training of a recipe.

    ``amplitude`` and ``share`` are those of its poison, ``eps`` (dB) that of its adversarial
    training, ``sigma`` (dB) that of its noise; each is None for a recipe without.
    """

    name: str
    recipe: str
    amplitude: float | None = None
    share: float | None = None
    eps: float | None = None
    sigma: float | None = None


def number_name(value: float) -> str:
    """A number as it stands in a path; the config's numbers are rounded to fit (six digits)."""
    return f"{value:g}"


def trainings(name: str, recipe: Recipe) -> list[Training]:
    """All trainings a recipe stands for: one, or one for each combination of its sweeps."""
    poison, adversarial, noise = recipe.poison, recipe.adversarial, recipe.noise
    sweeps = {
        "amplitude": poison.amplitude if poison else [],
        "share": poison.share if poison else [],
        "eps": adversarial.eps if adversarial else [],
        "sigma": noise.sigma if noise else [],
    }
    swept = {key: values for key, values in sweeps.items() if values}
    chosen = [dict(zip(swept, values, strict=True)) for values in product(*swept.values())]
    return [Training(_training_name(name, values), name, **values) for values in chosen]


def _training_name(recipe: str, values: Mapping[str, float]) -> str:
    return "-".join([recipe, *(f"{key}{number_name(value)}" for key, value in values.items())])


def all_trainings(config: Config) -> dict[str, Training]:
    """Every training defined in the config, by its name."""
    return {
        training.name: training
        for name, recipe in config.recipes.items()
        for training in trainings(name, recipe)
    }


def check_names(config: Config) -> None:
    """Check that no two trainings have the same name.

    Raises
    ------
    UserError
        If a recipe is called as a training of another one, which has a sweep.
    """
    found: dict[str, str] = {}
    for name, recipe in config.recipes.items():
        for training in trainings(name, recipe):
            if training.name in found:
                raise UserError(
                    f"recipes.{name}, recipes.{found[training.name]}: both have a training called "
                    f"'{training.name}', so their results would be the same files. Rename one of "
                    f"them."
                )
            found[training.name] = name


def study_trainings(config: Config) -> list[Training]:
    """The trainings of the study's recipes, in its order."""
    return [
        training
        for recipe in config.study.recipes
        for training in trainings(recipe, config.recipes[recipe])
    ]


def training_settings(config: Config, training: Training) -> dict[str, Any]:
    """What of its recipe a training depends on; in the place of a sweep stands its own value.

    Its poison is left out: the recordings poisoned with it are an input of the training.
    """
    keys = {"epochs", "batch_size", "learning_rate", "schedule", "adversarial", "noise"}
    settings = config.recipes[training.recipe].model_dump(include=keys)
    if training.eps is not None:
        settings["adversarial"]["eps"] = training.eps
    if training.sigma is not None:
        settings["noise"]["sigma"] = training.sigma
    return settings


def victims(config: Config) -> list[Victim]:
    """The victims of the study, in the order of its lists."""
    study = config.study
    names = [training.name for training in study_trainings(config)]
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
            attacks = [
                (attack, eps)
                for attack in attacks_on(config, training)
                for eps in config.attacks[attack].eps
            ]
            faced = [*attacks, *_poisons(config, training)]
            found += [Evaluation(victim, defence, attack, eps) for attack, eps in faced]
    return found


def attacks_on(config: Config, training: Training) -> list[str]:
    """Attacks that the victims of a training are put to."""
    recipe = config.recipes[training.recipe]
    if recipe.attacks is not None:
        return recipe.attacks
    return [] if recipe.poison else config.study.attacks


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
                "training_eps": training.eps,
                "training_sigma": training.sigma,
                "defence": evaluation.defence,
                "attack": evaluation.attack,
                "domain": attack.domain if attack else "waveform",
                "eps": evaluation.eps,
            }
        )
    return keys
