"""Attacks aimed at every class in turn: which victims they are run on, and what their jobs need."""

from dataclasses import asdict, dataclass
from typing import Any

from mishear.config.config import Config
from mishear.study import paths
from mishear.study.evaluations import Victim, victims
from mishear.study.inputs import Files, Names, victim_with_inputs, victim_with_waveforms
from mishear.study.params import attack_with_budget
from mishear.study.plan import Plan
from mishear.study.trainings import all_trainings, recipe_of


@dataclass(frozen=True)
class Targeted:
    """A victim without a defence under an attack that aims at every class, at one eps."""

    victim: Victim
    attack: str
    eps: float

    @property
    def path(self) -> str:
        """The table of results, a row per test recording and class aimed at."""
        return self._at(paths.TARGETED)

    @property
    def examples(self) -> str:
        """The file with an adversarial example of each pair of classes."""
        return self._at(paths.TARGETED_EXAMPLES)

    def _at(self, pattern: str) -> str:
        names = self.victim.names | {"attack": self.attack}
        return pattern.format(**names, eps=paths.number_name(self.eps))


def targeted(config: Config) -> list[Targeted]:
    """Return the targeted attacks on the study's victims without poison."""
    if config.targeted is None:
        return []
    known = all_trainings(config)
    return [
        Targeted(victim, attack, eps)
        for victim in victims(config)
        if not recipe_of(config, known[victim.recipe]).poison
        for attack in config.targeted.attacks
        for eps in config.attacks[attack].eps
    ]


def targeted_keys(config: Config) -> list[dict[str, Any]]:
    """Return the keys of each of :func:`targeted`, in its order."""
    return [
        {
            **asdict(found.victim),
            "attack": found.attack,
            "domain": config.attacks[found.attack].domain,
            "budget": config.attacks[found.attack].budget,
            "eps": found.eps,
        }
        for found in targeted(config)
    ]


def targeted_inputs(plan: Plan, names: Names) -> Files:
    """Return a victim with the corpus as the attack changes it."""
    undefended = dict(names, defence="none")
    if plan.config.attacks[names["attack"]].domain == "waveform":
        return victim_with_waveforms(plan, undefended)
    return victim_with_inputs(plan, undefended)


def definition(plan: Plan, names: Names) -> dict[str, Any]:
    """Return what the results of the attack depend on, with its domain."""
    domain = plan.config.attacks[names["attack"]].domain
    return {**attack_with_budget(plan, names), "domain": domain}
