"""The victims of a study and their evaluations."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.study import paths
from mishear.study.combinations import combinations, seeds_in
from mishear.study.folds import fold_in, folds, wildcard
from mishear.study.trainings import (
    TRAINED,
    TRAINED_SEED,
    Training,
    all_trainings,
    recipe_of,
    reference_training,
    trainings_of,
)


@dataclass(frozen=True)
class Victim:
    """Corpus, front end, network, recipe and seed: one trained model.

    ``recipe`` names one training; a recipe with a sweep stands for several, see
    :func:`mishear.study.trainings.trainings`. With folds (:mod:`mishear.study.folds`) each has
    victims of its own; without, ``fold`` is None.
    """

    corpus: str
    front_end: str
    network: str
    recipe: str
    seed: int
    fold: int | None = None

    @classmethod
    def of(cls, names: Mapping[str, str]) -> "Victim":
        """Return the victim of a job, from its wildcards."""
        place = {key: names[key] for key in ("corpus", "front_end", "network", "recipe")}
        return cls(**place, seed=int(names["seed"]), fold=fold_in(names["fold"]))

    @property
    def names(self) -> dict[str, str]:
        """The wildcards of its jobs."""
        return asdict(self) | {"seed": str(self.seed), "fold": wildcard(self.fold)}

    @property
    def path(self) -> str:
        """Place below the folders of ``results`` that hold something of each victim."""
        return paths.VICTIM.format(**self.names)


@dataclass(frozen=True)
class Evaluation:
    """A victim behind a defence under an attack at one eps.

    In a transfer attack ``source`` names the training of the source model.
    """

    victim: Victim
    defence: str
    attack: str
    eps: float
    source: str | None = None

    @property
    def place(self) -> str:
        """The defence, followed in a transfer attack by the training of the source model."""
        return f"{self.defence}@{self.source}" if self.source else self.defence

    @property
    def path(self) -> str:
        """Place below the folders of ``results`` that hold something of each evaluation."""
        names = self.victim.names | {"defence": self.place, "attack": self.attack}
        return paths.EVALUATION.format(**names, eps=paths.number_name(self.eps))

    @property
    def results(self) -> str:
        """The table of results, a row per test recording."""
        return paths.results(self.path)

    @property
    def examples(self) -> str:
        """The file of adversarial inputs."""
        return paths.examples(self.path)


def victims(config: Config) -> list[Victim]:
    """Return the victims of the study, in the order of its lists."""
    return [
        Victim(**setting, recipe=training.name, seed=seed, fold=fold)
        for setting in settings_of(config)
        for training in trainings_of(config, setting["network"])
        for seed in seeds_of(config, setting, training)
        for fold in folds(config, setting["corpus"])
    ]


def settings_of(config: Config) -> list[dict[str, str]]:
    """Return the combinations of corpus, front end and network, the sections of the report."""
    found = []
    for combination in combinations(config):
        found += [setting for setting in combination.settings if setting not in found]
    return found


def seeds_of(config: Config, setting: Mapping[str, str], training: Training) -> list[int]:
    """Return the seeds of a training's victims in a setting: one where the network came trained."""
    if training.recipe == TRAINED:
        return [TRAINED_SEED]
    return seeds_in(config, setting, training.recipe)


def first_victim(config: Config, setting: Mapping[str, str], training: str) -> Victim:
    """Return the victim of the first seed and fold, which stands for its training in galleries.

    Parameters
    ----------
    config
        The config.
    setting
        Names of a corpus, a front end and a network.
    training
        Name of its training.
    """
    fold = folds(config, setting["corpus"])[0]
    seeds = seeds_of(config, setting, all_trainings(config)[training])
    return Victim(**setting, recipe=training, seed=seeds[0], fold=fold)


def is_first(config: Config, victim: Victim) -> bool:
    """Tell whether a victim is of the first seed and fold, which stands for the others."""
    setting = {key: getattr(victim, key) for key in ("corpus", "front_end", "network")}
    return victim == first_victim(config, setting, victim.recipe)


def is_reference(config: Config, victim: Victim) -> bool:
    """Tell whether a victim is trained as the reference of its network."""
    reference = reference_training(config, victim.network)
    return reference is not None and reference.name == victim.recipe


def evaluations(config: Config) -> list[Evaluation]:
    """Return the evaluations of the study, in the order of its lists.

    Victims of a recipe without poison face the study's attacks and the test recordings as every
    poisoned recipe of the study leaves them; victims of a poisoned recipe face the test recordings
    as their own poison leaves them, and the attacks their recipe names. Wrong labels leave the
    recordings as they are: eps is 0. Victims with a defence, in front of them or in their training,
    face transfer attacks, whose source model is the reference victim, and adaptive attacks. An
    attack that continues others is adaptive only. Victims whose network came trained meet no
    recipe, so they face the study's attacks only.
    """
    found = []
    known = all_trainings(config)
    for victim in victims(config):
        training = known[victim.recipe]
        poisons = _poisons(config, training)
        for defence in defences_of(config, training):
            attacks = [
                (attack, eps)
                for attack in attacks_on(config, victim.network, training, defence)
                for eps in config.attacks[attack].eps
            ]
            for source in _sources(config, victim.network, training, defence):
                found += [
                    Evaluation(victim, defence, attack, eps, source)
                    for attack, eps in attacks
                    if not (source and config.attacks[attack].after)
                ]
            found += [Evaluation(victim, defence, *poison) for poison in poisons]
    return found


def defences_of(config: Config, training: Training) -> list[str]:
    """Return the defences put before the victims of a training."""
    chosen = recipe_of(config, training).defences
    return config.study.defences if chosen is None else chosen


def chain(config: Config, defence: str) -> list[str]:
    """Return the defences with a class that make up a defence, in order; none for ``none``."""
    if defence == NO_DEFENCE:
        return []
    return config.defences[defence].chain or [defence]


def evaluation_kinds(config: Config, network: str, training: Training, defence: str) -> list[str]:
    """Return how a victim is attacked: ``transfer``, ``adaptive`` or both."""
    defended = defence != NO_DEFENCE or training != reference_training(config, network)
    if recipe_of(config, training).poison or not defended:
        return ["adaptive"]
    own = None if defence == NO_DEFENCE else config.defences[defence].evaluation
    return own or config.study.evaluation


def attacked_itself(config: Config, network: str, training: Training) -> bool:
    """Return whether victims of a training are attacked without a defence in front of them."""
    undefended = NO_DEFENCE in defences_of(config, training)
    return undefended and "adaptive" in evaluation_kinds(config, network, training, NO_DEFENCE)


def _sources(config: Config, network: str, training: Training, defence: str) -> list[str | None]:
    """Return the source models of attacks; None is the evaluated victim itself."""
    kinds = evaluation_kinds(config, network, training, defence)
    source = reference_training(config, network)
    return [source.name if kind == "transfer" else None for kind in kinds]


def attacks_on_inputs(
    config: Config, network: str, training: Training, defence: str = NO_DEFENCE
) -> list[str]:
    """Return those of :func:`attacks_on` that perturb the spectrogram."""
    attacks = attacks_on(config, network, training, defence)
    return [attack for attack in attacks if config.attacks[attack].domain == "spectrogram"]


def attacks_with_examples(config: Config, network: str, training: Training) -> list[str]:
    """Return the attacks on a training's spectrograms whose adversarial inputs can be kept."""
    attacks = attacks_on_inputs(config, network, training)
    return [attack for attack in attacks if not config.attacks[attack].after]


def attacks_on(
    config: Config, network: str, training: Training, defence: str = NO_DEFENCE
) -> list[str]:
    """Return the attacks that the victims of a network and training face behind a defence."""
    recipe = recipe_of(config, training)
    if defence != NO_DEFENCE and config.defences[defence].attacks is not None:
        return config.defences[defence].attacks
    if recipe.attacks is not None:
        return recipe.attacks
    if recipe.poison:
        return []
    own = config.networks[network].attacks
    return config.study.attacks if own is None else own


def earlier(config: Config, evaluation: Evaluation) -> list[Evaluation]:
    """Return the evaluations that one continues, see ``attacks.<name>.after``."""
    attack = config.attacks[evaluation.attack]
    return [replace(evaluation, attack=name) for name in attack.after or []]


def _poisons(config: Config, training: Training) -> list[tuple[str, float]]:
    if training.recipe == TRAINED:
        return []
    if training.rate is not None:
        return [(training.recipe, training.amplitude or 0.0)]
    return [
        (name, amplitude or 0.0)
        for name in config.study.recipes
        if (poison := config.recipes[name].poison)
        for amplitude in poison.amplitudes
    ]
