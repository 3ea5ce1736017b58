"""The checks of a study's attacks."""

from dataclasses import dataclass

from mishear.config.config import Config
from mishear.study.evaluations import Victim, _kinds, attacks_on_spectrograms, defences_of, victims
from mishear.study.trainings import all_trainings


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
