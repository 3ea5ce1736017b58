"""The detectors of a study, and whose training recordings each looks at."""

from dataclasses import dataclass, replace

from mishear.config.config import Config
from mishear.study import paths
from mishear.study.evaluations import Victim, victims
from mishear.study.trainings import all_trainings


@dataclass(frozen=True)
class Detection:
    """A detector that looks at the recordings that a victim was trained on."""

    victim: Victim
    detector: str

    @property
    def path(self) -> str:
        """The table of its scores, a row per training recording."""
        return paths.DETECTION.format(**self.victim.names, detector=self.detector)


def detections(config: Config) -> list[Detection]:
    """Return each victim of the study with the detectors that look at its training recordings."""
    known = all_trainings(config)
    return [
        Detection(replace(victim, recipe=training.sibling), training.detector)
        for victim in victims(config)
        if (training := known[victim.recipe]).detector
    ]
