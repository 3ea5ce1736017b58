"""The corruptions that the victims of a study meet."""

from dataclasses import dataclass

from mishear.config.config import Config
from mishear.study import paths
from mishear.study.evaluations import Victim, defences_of, victims
from mishear.study.trainings import all_trainings

WHITE_NOISE = "WhiteNoise"
"""The class of white noise in :mod:`mishear.corruptions`."""


@dataclass(frozen=True)
class Corrupted:
    """A victim behind a defence on recordings with one corruption, at all its severities."""

    victim: Victim
    defence: str
    corruption: str

    @property
    def results(self) -> str:
        """The table of results, a row per severity and test recording."""
        place = {"defence": self.defence, "corruption": self.corruption}
        return paths.corrupted(paths.CORRUPTED.format(**self.victim.names, **place))


def corrupted(config: Config) -> list[Corrupted]:
    """Return the corruptions of the study's victims, in the order of its lists.

    Every victim meets every corruption, poisoned ones included, behind each of its defences.
    """
    known = all_trainings(config)
    return [
        Corrupted(victim, defence, corruption)
        for victim in victims(config)
        for defence in defences_of(config, known[victim.recipe])
        for corruption in config.study.corruptions
    ]


def white_noises(config: Config) -> tuple[str, ...]:
    """Return the corruptions of the study that are white noise."""
    names = config.study.corruptions
    return tuple(name for name in names if config.corruptions[name].class_ == WHITE_NOISE)
