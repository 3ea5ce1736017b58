"""What a study consists of: its victims and its evaluations, with their places in ``results``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

from mishear.config.schema import NAME_PATTERN, NO_DEFENCE, Config, Recipe
from mishear.core.errors import UserError

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
    """A victim behind a defence under an attack at one eps.

    ``source`` names the training of the victim on which the attack was made, if it was another:
    a transfer attack.
    """

    victim: Victim
    defence: str
    attack: str
    eps: float
    source: str | None = None

    @property
    def place(self) -> str:
        """The defence, with the training of the victim an attack was made on, if it was another."""
        return f"{self.defence}@{self.source}" if self.source else self.defence

    @property
    def path(self) -> str:
        return f"{self.victim.path}/{self.place}/{self.attack}/eps{number_name(self.eps)}"


@dataclass(frozen=True)
class Training:
    """One training of a recipe.

    ``amplitude`` and ``share`` are those of its poison, ``eps`` (dB) that of its adversarial
    training, ``sigma`` (dB) that of its noise; each is None for a recipe without. With a
    ``detector`` the network is trained on what that detector kept of the recordings that
    ``sibling`` was trained on.
    """

    name: str
    recipe: str
    amplitude: float | None = None
    share: float | None = None
    eps: float | None = None
    sigma: float | None = None
    detector: str | None = None

    @property
    def sibling(self) -> str:
        """Name of the training whose recordings the detector looked at; its own without one."""
        return self.name.removesuffix(f"-kept-{self.detector}")


def number_name(value: float) -> str:
    """A number as it stands in a path; the config's numbers are rounded to fit (six digits)."""
    return f"{value:g}"


def trainings(name: str, recipe: Recipe) -> list[Training]:
    """All trainings a recipe stands for: one, or one for each combination of its sweeps.

    With a poison each is followed by one for each detector.
    """
    poison, adversarial, noise = recipe.poison, recipe.adversarial, recipe.noise
    sweeps = {
        "amplitude": poison.amplitudes if poison else [None],
        "share": poison.share if poison else [None],
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


def adversarial_settings(config: Config) -> dict[str, str]:
    """For each adversarial training of the study its settings, the same text whoever trains."""
    found = {}
    for training in study_trainings(config):
        settings = training_settings(config, training)
        if settings["adversarial"]:
            del settings["adversarial"]["library"]
            found[training.name] = json.dumps(settings, sort_keys=True)
    return found


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

    Victims of a recipe without poison face the study's attacks and the test recordings as every
    poisoned recipe of the study leaves them; victims of a poisoned recipe face the test recordings
    as their own poison leaves them, and the attacks their recipe names. Wrong labels leave the
    recordings as they are: eps is 0. Victims with a defence, in front of them or in their training,
    face attacks made on the reference victim and attacks made on themselves, as the study says.
    """
    found = []
    known = all_trainings(config)
    for victim in victims(config):
        training = known[victim.recipe]
        attacks = [
            (attack, eps)
            for attack in attacks_on(config, training)
            for eps in config.attacks[attack].eps
        ]
        poisons = _poisons(config, training)
        for defence in defences_of(config, training.recipe):
            for source in _sources(config, training, defence):
                found += [Evaluation(victim, defence, *attack, source) for attack in attacks]
            found += [Evaluation(victim, defence, *poison) for poison in poisons]
    return found


def defences_of(config: Config, recipe: str) -> list[str]:
    """The defences put before the victims of a recipe."""
    chosen = config.recipes[recipe].defences
    return config.study.defences if chosen is None else chosen


def chain(config: Config, defence: str) -> list[str]:
    """The defences with a class that a defence stands for, in order; none for ``none``."""
    if defence == NO_DEFENCE:
        return []
    return config.defences[defence].chain or [defence]


def unpoisoned_trainings(config: Config) -> list[Training]:
    """Trainings of the study's recipes without poison."""
    return [
        training
        for training in study_trainings(config)
        if config.recipes[training.recipe].poison is None
    ]


def reference_training(config: Config) -> Training | None:
    """The study's first training without poison, which stands for it.

    Transfer attacks are made on its victims.
    """
    return next(iter(unpoisoned_trainings(config)), None)


def _kinds(config: Config, training: Training, defence: str) -> list[str]:
    """How a victim is attacked: ``transfer``, ``adaptive`` or both."""
    defended = defence != NO_DEFENCE or training != reference_training(config)
    if config.recipes[training.recipe].poison or not defended:
        return ["adaptive"]
    own = None if defence == NO_DEFENCE else config.defences[defence].evaluation
    return own or config.study.evaluation


def attacked_itself(config: Config, training: Training) -> bool:
    """Whether attacks are made on the victims of a training without a defence before them."""
    undefended = NO_DEFENCE in defences_of(config, training.recipe)
    return undefended and "adaptive" in _kinds(config, training, NO_DEFENCE)


def _sources(config: Config, training: Training, defence: str) -> list[str | None]:
    """On which victims attacks are made: None stands for the evaluated victim itself."""
    kinds = _kinds(config, training, defence)
    return [reference_training(config).name if kind == "transfer" else None for kind in kinds]


def attacks_on_spectrograms(config: Config, training: Training) -> list[str]:
    """Those of :func:`attacks_on` that change what the network is given."""
    attacks = attacks_on(config, training)
    return [attack for attack in attacks if config.attacks[attack].domain == "spectrogram"]


def attacks_on(config: Config, training: Training) -> list[str]:
    """Attacks that the victims of a training are put to."""
    recipe = config.recipes[training.recipe]
    if recipe.attacks is not None:
        return recipe.attacks
    return [] if recipe.poison else config.study.attacks


def _poisons(config: Config, training: Training) -> list[tuple[str, float]]:
    if training.share is not None:
        return [(training.recipe, training.amplitude or 0.0)]
    return [
        (name, amplitude or 0.0)
        for name in config.study.recipes
        if (poison := config.recipes[name].poison)
        for amplitude in poison.amplitudes
    ]


@dataclass(frozen=True)
class Check:
    """Sanity checks of one attack on a victim behind a defence, or of what it is compared with.

    ``attack`` is None for the attacks and the noise that others are compared with.
    """

    victim: Victim
    defence: str
    attack: str | None

    @property
    def path(self) -> str:
        place = f"{self.victim.path}/{self.defence}"
        return f"{place}/{self.attack}" if self.attack else f"{place}@baselines"


def checks(config: Config) -> list[Check]:
    """The sanity checks of the study: of the first seed's victims without poison."""
    found = []
    known = all_trainings(config)
    for victim in victims(config):
        training = known[victim.recipe]
        if config.recipes[training.recipe].poison or victim.seed != config.study.seeds[0]:
            continue
        put_to = attacks_on_spectrograms(config, training)
        wanted = put_to if config.checks.attacks is None else config.checks.attacks
        attacks = [attack for attack in put_to if attack in wanted]
        for defence in defences_of(config, training.recipe) if attacks else []:
            if "adaptive" in _kinds(config, training, defence):
                found += [Check(victim, defence, attack) for attack in [None, *attacks]]
    return found


def certificates(config: Config) -> list[dict[str, Any]]:
    """For each victim behind a certified defence its path and what the table says of it."""
    known = all_trainings(config)
    return [
        {
            "path": f"{victim.path}/{defence}",
            **asdict(victim),
            "defence": defence,
            "confidence": config.defences[defence].certificate.confidence,
        }
        for victim in victims(config)
        if not config.recipes[known[victim.recipe].recipe].poison
        for defence in defences_of(config, known[victim.recipe].recipe)
        if defence != NO_DEFENCE and config.defences[defence].certificate
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
                "training_eps": known[evaluation.victim.recipe].eps,
                "training_sigma": known[evaluation.victim.recipe].sigma,
                "defence": evaluation.defence,
                "evaluation": _kind(evaluation) if attack else None,
                "source": evaluation.source,
                "attack": evaluation.attack,
                "domain": attack.domain if attack else poison_domain(config, evaluation.attack),
                "budget": attack.budget if attack else None,
                "eps": evaluation.eps,
            }
        )
    return keys


def _kind(evaluation: Evaluation) -> str:
    return "transfer" if evaluation.source else "adaptive"


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
    """What of a recipe's poison the poisoned recordings depend on.

    As :mod:`mishear.poisoning.poisons` wants it.
    """
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


@dataclass(frozen=True)
class Sound:
    """The test recordings of a corpus in one version, as they can be heard.

    ``kind`` is ``clean``, ``round-trip`` (the clean spectrograms turned back to sound),
    ``poisoned``, ``waveform`` (after an attack on the waveform) or ``inverted`` (after an attack
    on the spectrogram, turned back to sound). ``name`` is that of the poison or the attack, ``eps``
    its amplitude or eps.
    """

    corpus: str
    front_end: str
    kind: str
    name: str | None = None
    eps: float | None = None
    evaluation: Evaluation | None = None

    @property
    def path(self) -> str:
        if self.evaluation:
            return self.evaluation.path
        place = f"{self.corpus}/{self.front_end}"
        if self.kind == "poisoned":
            return f"{place}/{self.name}-amplitude{number_name(self.eps)}"
        return f"{place}/{self.kind}"


def inversions(config: Config) -> list[Evaluation]:
    """Attacks on the reference victims whose spectrograms are turned back to sound."""
    reference = reference_training(config)
    if config.listening is None or reference is None:
        return []
    return [
        Evaluation(victim, NO_DEFENCE, attack, eps)
        for victim in victims(config)
        if victim.recipe == reference.name
        for attack in config.listening.inversion.attacks
        for eps in config.attacks[attack].eps
    ]


def sounds(config: Config) -> list[Sound]:
    """Everything that is listened to in the study; nothing unless it has a section for that."""
    if config.listening is None:
        return []
    found = []
    inverted = inversions(config)
    for corpus, front_end in product(config.study.corpora, config.study.front_ends):
        found.append(Sound(corpus, front_end, "clean"))
        if inverted:
            found.append(Sound(corpus, front_end, "round-trip"))
        found += [
            Sound(corpus, front_end, "poisoned", name, amplitude)
            for name in config.study.recipes
            if (poison := config.recipes[name].poison) and poison.kind != "labels"
            for amplitude in poison.amplitudes
        ]
    attacked = [
        ("waveform", evaluation)
        for evaluation in evaluations(config)
        if evaluation.attack in config.attacks
        and config.attacks[evaluation.attack].domain == "waveform"
    ]
    attacked += [("inverted", evaluation) for evaluation in inverted]
    for kind, evaluation in attacked:
        place = (evaluation.victim.corpus, evaluation.victim.front_end)
        found.append(Sound(*place, kind, evaluation.attack, evaluation.eps, evaluation))
    return found


def sound_keys(config: Config, sound: Sound) -> dict[str, Any]:
    """What the tables say of a sound besides what is heard in it."""
    evaluation = sound.evaluation
    victim = evaluation.victim if evaluation else None
    return {
        "corpus": sound.corpus,
        "front_end": sound.front_end,
        **{key: getattr(victim, key, None) for key in ("network", "recipe", "seed")},
        "defence": evaluation.place if evaluation else None,
        "kind": sound.kind,
        "name": sound.name,
        "budget": config.attacks[sound.name].budget if evaluation else None,
        "eps": sound.eps,
    }


def inversion_path(evaluation: Evaluation) -> str:
    """Place of an inversion under ``results/inversions``, without its suffix."""
    eps = number_name(evaluation.eps)
    return f"{evaluation.victim.path}/{evaluation.attack}/eps{eps}"


def inversion_keys(config: Config) -> list[dict[str, Any]]:
    """For each inversion, in order, what the table says of it besides its results."""
    return [
        {**asdict(found.victim), "attack": found.attack, "eps": found.eps}
        for found in inversions(config)
    ]


def ratio_evaluations(config: Config) -> list[Evaluation]:
    """Evaluations under an attack whose budget is a signal-to-noise ratio."""
    return [
        evaluation
        for evaluation in evaluations(config)
        if evaluation.attack in config.attacks and config.attacks[evaluation.attack].budget == "snr"
    ]


def ratio_keys(config: Config) -> list[dict[str, Any]]:
    """For each of these, in order, which victim was attacked by what at which ratio."""
    return [
        {
            **asdict(found.victim),
            "defence": found.place,
            "attack": found.attack,
            "eps": found.eps,
        }
        for found in ratio_evaluations(config)
    ]


def played_sounds(config: Config, setting: Mapping[str, str]) -> list[Sound]:
    """What is played in the report of one corpus, front end and network.

    Attacks are those on the first seed's reference victim, at a few eps evenly spread over their
    list.
    """
    reference = reference_training(config)
    if config.listening is None or reference is None:
        return []
    victim = Victim(**setting, recipe=reference.name, seed=config.study.seeds[0])
    here = [
        sound
        for sound in sounds(config)
        if (sound.corpus, sound.front_end) == (victim.corpus, victim.front_end)
    ]
    return [sound for sound in here if _is_played(config, sound, victim)]


def _is_played(config: Config, sound: Sound, victim: Victim) -> bool:
    if sound.evaluation is None:
        return True
    chosen = _spread(config.attacks[sound.name].eps, config.listening.page.eps)
    of_victim = sound.evaluation.victim == victim and sound.evaluation.place == NO_DEFENCE
    return of_victim and sound.eps in chosen


def _spread(values: Sequence[float], most: int) -> list[float]:
    """At most so many of some values, evenly spread over their list, with both ends."""
    if len(values) <= most:
        return list(values)
    last = len(values) - 1
    return [values[round(place * last / max(most - 1, 1))] for place in range(most)]
