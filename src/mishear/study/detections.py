"""The detectors of a study, and whose training recordings each looks at."""

from dataclasses import replace

from mishear.config.config import Config
from mishear.study.evaluations import Victim, victims
from mishear.study.trainings import all_trainings


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
