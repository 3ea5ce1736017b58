"""The checks of a study's attacks, and the evaluations they look at."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf
from typing import Any

from mishear.config.config import Config
from mishear.core.plugins import FAMILIES
from mishear.study import paths
from mishear.study.evaluations import (
    Evaluation,
    Victim,
    attacks_on_inputs,
    defences_of,
    evaluation_kinds,
    evaluations,
    is_first,
    victims,
)
from mishear.study.kept import on_inputs
from mishear.study.sizes import check_size
from mishear.study.trainings import Training, all_trainings, recipe_of

BASELINES: Mapping[str, str] = {
    "one step": "foolbox.attacks.LinfFastGradientAttack",
    "random noise": "foolbox.attacks.LinfRepeatedAdditiveUniformNoiseAttack",
    "black box": "mishear.attacks.autoattack.LinfSquare",
}
"""Class of each attack that the others are compared with; these are not in the config."""


@dataclass(frozen=True)
class Check:
    """Checks of one attack on a victim behind a defence, or of its baselines.

    ``attack`` is None for the baselines, with which attacks are compared.
    """

    victim: Victim
    defence: str
    attack: str | None

    @property
    def path(self) -> str:
        """Place below ``results/checks``."""
        names = self.victim.names | {"defence": self.defence}
        if self.attack is None:
            return paths.BASELINES.format(**names)
        return paths.CHECK.format(**names, attack=self.attack)


def checks(config: Config) -> list[Check]:
    """Return the checks of attacks on the input.

    Those of the victims without poison of the first seed and fold are checked, with their
    baselines first.
    """
    found = []
    known = all_trainings(config)
    for victim in victims(config):
        training = known[victim.recipe]
        if not _is_checked(config, victim):
            continue
        for defence in defences_of(config, training):
            attacks = _checked_attacks(config, victim.network, training, defence)
            kinds = evaluation_kinds(config, victim.network, training, defence)
            if attacks and "adaptive" in kinds:
                found += [Check(victim, defence, attack) for attack in [None, *attacks]]
    return found


def _checked_attacks(config: Config, network: str, training: Training, defence: str) -> list[str]:
    """Return the attacks that are checked: none that continues others."""
    return [
        attack
        for attack in attacks_on_inputs(config, network, training, defence)
        if _is_wanted(config, attack) and not config.attacks[attack].after
    ]


def checked_evaluations(config: Config) -> list[Evaluation]:
    """Return the evaluations under attacks on the input of the victims that are checked."""
    checked = {check.victim for check in checks(config)}
    return [
        evaluation
        for evaluation in evaluations(config)
        if evaluation.victim in checked and on_inputs(config, evaluation)
    ]


def checked_on_waveforms(config: Config) -> list[Evaluation]:
    """Return the adaptive evaluations under attacks on the waveform that are checked."""
    return [
        evaluation
        for evaluation in evaluations(config)
        if evaluation.attack in config.attacks
        and config.attacks[evaluation.attack].domain == "waveform"
        and not config.attacks[evaluation.attack].universal
        and _is_checked(config, evaluation.victim)
        and evaluation.source is None
    ]


def waveform_checks(config: Config) -> list[Check]:
    """Return the checks of attacks on the waveform: more iterations, once for each eps."""
    places = dict.fromkeys(
        (found.victim, found.defence, found.attack) for found in checked_on_waveforms(config)
    )
    return [Check(*place) for place in places if _is_wanted(config, place[2])]


def check_eps(config: Config, names: Mapping[str, str], attack: str) -> float:
    """Return the eps at which an attack is checked; infinite for one that has no limit.

    Parameters
    ----------
    config
        The config.
    names
        Has ``front_end`` and ``network``.
    attack
        Name of the attack.
    """
    return inf if inf in config.attacks[attack].eps else check_size(config, names)


def checked_evaluation(config: Config, names: Mapping[str, str]) -> Evaluation | None:
    """Return the evaluation whose results are those of an attack as configured.

    Parameters
    ----------
    config
        The config.
    names
        Wildcards of a check.

    Returns
    -------
    Evaluation or None
        None where the attack is not evaluated at the eps at which it is checked.
    """
    attack, eps = names["attack"], check_eps(config, names, names["attack"])
    if eps not in config.attacks[attack].eps:
        return None
    return Evaluation(Victim.of(names), names["defence"], attack, eps)


def one_step_evaluation(config: Config, names: Mapping[str, str]) -> Evaluation | None:
    """Return the evaluation whose results are those of the one-step baseline, or None."""
    recipe, eps = all_trainings(config)[names["recipe"]], check_size(config, names)
    for attack in attacks_on_inputs(config, names["network"], recipe, names["defence"]):
        found = config.attacks[attack]
        is_baseline = FAMILIES["attacks"].path(found.class_) == BASELINES["one step"]
        as_baseline = not found.params and found.targets == "untargeted" and found.restarts == 1
        if is_baseline and as_baseline and eps in found.eps:
            return Evaluation(Victim.of(names), names["defence"], attack, eps)
    return None


def compared_checks(config: Config, names: Mapping[str, str]) -> list[Check]:
    """Return the checks of the attacks with an eps that are compared with the same baselines."""
    recipe = all_trainings(config)[names["recipe"]]
    return [
        Check(Victim.of(names), names["defence"], attack)
        for attack in _checked_attacks(config, names["network"], recipe, names["defence"])
        if inf not in config.attacks[attack].eps
    ]


def waveform_evaluation_keys(config: Config) -> list[dict[str, Any]]:
    """Return what checks need to know of each evaluation of :func:`checked_on_waveforms`."""
    return [
        {
            **asdict(found),
            "budget": config.attacks[found.attack].budget,
            "scores_only": config.networks[found.victim.network].is_scores_only,
        }
        for found in checked_on_waveforms(config)
    ]


def _is_checked(config: Config, victim: Victim) -> bool:
    training = all_trainings(config)[victim.recipe]
    return is_first(config, victim) and not recipe_of(config, training).poison


def _is_wanted(config: Config, attack: str) -> bool:
    """Return whether an attack is checked: never a universal one, which is no search by itself."""
    if config.attacks[attack].universal:
        return False
    return config.checks.attacks is None or attack in config.checks.attacks
