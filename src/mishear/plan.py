"""What a study consists of: its victims and its evaluations, with their places in ``results``."""

from dataclasses import asdict, dataclass, replace
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
    """One training of a recipe.

    ``amplitude`` and ``share`` are those of its poison; with a ``detector`` the network is trained
    on what that detector kept of the recordings that ``sibling`` was trained on.
    """

    name: str
    recipe: str
    amplitude: float | None = None
    share: float | None = None
    detector: str | None = None

    @property
    def sibling(self) -> str:
        """Name of the training whose recordings the detector looked at; its own without one."""
        return self.name.removesuffix(f"-kept-{self.detector}")


def number_name(value: float) -> str:
    """A number as it stands in a path; the config's numbers are rounded to fit (six digits)."""
    return f"{value:g}"


def trainings(name: str, recipe: Recipe) -> list[Training]:
    """All trainings a recipe stands for.

    One; or with a poison one for each amplitude and share, followed by one for each detector.
    """
    poison = recipe.poison
    if poison is None:
        return [Training(name, name)]
    found = []
    for amplitude, share in product(poison.amplitudes, poison.share):
        level = "" if amplitude is None else f"-amplitude{number_name(amplitude)}"
        poisoned = Training(f"{name}{level}-share{number_name(share)}", name, amplitude, share)
        found.append(poisoned)
        found += [
            replace(poisoned, name=f"{poisoned.name}-kept-{detector}", detector=detector)
            for detector in poison.detectors
        ]
    return found


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

    Victims of a recipe without poison face the study's attacks and the test recordings as every
    poisoned recipe of the study leaves them; victims of a poisoned recipe face the test recordings
    as their own poison leaves them, and the attacks their recipe names. Wrong labels leave the
    recordings as they are: eps is 0.
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
    if training.share is not None:
        return [(training.recipe, training.amplitude or 0.0)]
    return [
        (name, amplitude or 0.0)
        for name in config.study.recipes
        if (poison := config.recipes[name].poison)
        for amplitude in poison.amplitudes
    ]


def summary_keys(config: Config) -> list[dict[str, Any]]:
    """For each evaluation, in order, what the summary says of it besides its results."""
    known = all_trainings(config)
    keys = []
    for evaluation in evaluations(config):
        attack = config.attacks.get(evaluation.attack)
        keys.append(
            {
                **asdict(evaluation.victim),
                **_poison_keys(known[evaluation.victim.recipe]),
                "defence": evaluation.defence,
                "attack": evaluation.attack,
                "domain": attack.domain if attack else poison_domain(config, evaluation.attack),
                "eps": evaluation.eps,
            }
        )
    return keys


def _poison_keys(training: Training) -> dict[str, Any]:
    return {
        "poison": training.recipe if training.share is not None else None,
        "poison_amplitude": training.amplitude,
        "poison_share": training.share,
        "detector": training.detector,
    }


def poison_domain(config: Config, recipe: str) -> str:
    """What a recipe's poison changes: ``waveform`` or ``label``."""
    return "label" if config.recipes[recipe].poison.kind == "labels" else "waveform"


def poison_of_waveforms(config: Config, recipe: str, amplitude: float) -> dict[str, Any]:
    """What of a recipe's poison the poisoned recordings depend on, as :mod:`mishear.poisons`
    wants it."""
    section = config.recipes[recipe].poison
    keys = {"kind", "seed", "frequency", "seconds", "position", "reverse_speech"}
    return {"recipe": recipe, **section.model_dump(include=keys), "amplitude": amplitude}


def poison_of_labels(config: Config, recipe: str) -> dict[str, Any]:
    """What of a recipe's poison its labels and its aim depend on, but for the share."""
    section = config.recipes[recipe].poison
    keys = {"kind", "flip", "sources", "target"}
    if section.kind == "labels":
        keys.add("seed")
    return {"recipe": recipe, **section.model_dump(include=keys)}


def detections(config: Config) -> list[tuple[Victim, str]]:
    """Each victim of the study with the detectors that look at what it was trained on."""
    known = all_trainings(config)
    return [
        (replace(victim, recipe=training.sibling), training.detector)
        for victim in victims(config)
        if (training := known[victim.recipe]).detector
    ]


def detection_path(victim: Victim, detector: str) -> str:
    """Place of a detection under ``results/detections``, without its suffix."""
    return f"{victim.path}/{detector}"


def detection_keys(config: Config) -> list[dict[str, Any]]:
    """For each detection, in order, which victim's training recordings were looked at by what."""
    known = all_trainings(config)
    return [
        {**asdict(victim), **_poison_keys(known[victim.recipe]), "detector": detector}
        for victim, detector in detections(config)
    ]
