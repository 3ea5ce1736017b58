"""Evaluations whose adversarial inputs are kept because other jobs need them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mishear.config.attacks import Attack
from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.study.evaluations import (
    Evaluation,
    attacks_with_examples,
    evaluations,
    is_first,
    is_reference,
    victims,
)
from mishear.study.paths import number_name
from mishear.study.sizes import shown_size
from mishear.study.sounds import inversions
from mishear.study.trainings import all_trainings
from mishear.study.transfers import all_sources


def on_inputs(config: Config, evaluation: Evaluation) -> bool:
    """Return whether an evaluation is under an attack on the input."""
    attack = config.attacks.get(evaluation.attack)
    return attack is not None and attack.domain == "spectrogram"


def is_transferred(config: Config, evaluation: Evaluation) -> bool:
    """Return whether a transfer attack is the attack on its source model, input by input.

    It is not if the evaluated victim decides which of several attempts counts (restarts, several
    target classes) or at which class the attack aims. Such an attack runs once more.
    """
    return (
        evaluation.source is not None
        and on_inputs(config, evaluation)
        and runs_once(config.attacks[evaluation.attack])
    )


def runs_once(attack: Attack) -> bool:
    """Return whether an attack has one attempt, which does not depend on the victim it is for."""
    return attack.restarts == 1 and attack.targets in ("untargeted", "random")


def source_evaluation(evaluation: Evaluation) -> Evaluation:
    """Return the evaluation of the source model under the attack that is transferred."""
    victim = replace(evaluation.victim, recipe=evaluation.source)
    return replace(evaluation, victim=victim, defence=NO_DEFENCE, source=None)


def gallery_eps(config: Config, setting: Mapping[str, str], attack: str) -> float:
    """Return the eps at which an attack is drawn: its nearest to the size that is shown.

    Parameters
    ----------
    config
        The config.
    setting
        Has ``front_end`` and ``network``.
    attack
        Name of the attack.
    """
    wanted = shown_size(config, setting)
    return min(config.attacks[attack].eps, key=lambda eps: (abs(eps - wanted), eps))


def needed_examples(config: Config) -> Iterator[Evaluation]:
    """Yield the evaluations whose adversarial inputs are drawn, transferred or inverted."""
    yield from inversions(config)
    yield from (each for each in all_sources(config) if on_inputs(config, each))
    known = all_trainings(config)
    for victim in victims(config):
        if is_reference(config, victim) and is_first(config, victim):
            for attack in attacks_with_examples(config, victim.network, known[victim.recipe]):
                yield Evaluation(
                    victim, NO_DEFENCE, attack, gallery_eps(config, victim.names, attack)
                )
    for evaluation in evaluations(config):
        if is_transferred(config, evaluation):
            yield source_evaluation(evaluation)


@dataclass(frozen=True)
class Kept:
    """Names of the evaluations that keep their adversarial inputs: all combinations of these.

    All are evaluations without a defence in front of the network, unless the study keeps every
    adversarial input; ``None`` stands for any name.
    """

    recipes: frozenset[str] | None
    defences: frozenset[str] | None
    attacks: frozenset[str] | None
    eps: frozenset[str] | None


def kept(config: Config) -> Kept:
    """Return which evaluations keep their adversarial inputs."""
    if config.study.save_examples:
        return Kept(None, None, None, None)
    needed = list(needed_examples(config))
    return Kept(
        frozenset(evaluation.victim.recipe for evaluation in needed),
        frozenset(evaluation.defence for evaluation in needed),
        frozenset(evaluation.attack for evaluation in needed),
        frozenset(number_name(evaluation.eps) for evaluation in needed),
    )


def saved_examples(config: Config) -> list[str]:
    """Return the files of adversarial inputs that the study asks for by ``save_examples``."""
    if not config.study.save_examples:
        return []
    attacked = [
        each
        for each in evaluations(config)
        if on_inputs(config, each) and not config.attacks[each.attack].after
    ]
    made = (source_evaluation(each) if is_transferred(config, each) else each for each in attacked)
    return list(dict.fromkeys(evaluation.examples for evaluation in made))
