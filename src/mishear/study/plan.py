"""The plan of a study: everything that the workflow asks of the modules of this package, cached."""

from dataclasses import dataclass, field
from functools import cached_property

from mishear.config.config import Config
from mishear.runtime.file_hashes import FileHashes
from mishear.study.checks import Check, checks, waveform_checks
from mishear.study.corruptions import Corrupted, corrupted
from mishear.study.detections import Detection, detections
from mishear.study.evaluations import Evaluation, evaluations
from mishear.study.kept import Kept, kept
from mishear.study.origins import Origin, origin
from mishear.study.sounds import Sound, sounds
from mishear.study.trainings import Training, all_trainings, reference_trainings
from mishear.study.transfers import Transfer, transfers


@dataclass(frozen=True)
class Plan:
    """A study with all that follows from its config.

    Parameters
    ----------
    config
        The checked config.
    hashes
        What knows the content of the user's own files.
    """

    config: Config
    hashes: FileHashes = field(default_factory=FileHashes, compare=False)

    @cached_property
    def origins(self) -> dict[str, Origin]:
        """For each corpus of the study where its recordings come from."""
        return {name: origin(name, self.config.corpora[name]) for name in self.config.study.corpora}

    @cached_property
    def trainings(self) -> dict[str, Training]:
        """Every training defined in the config, by name."""
        return all_trainings(self.config)

    @cached_property
    def references(self) -> dict[str, str]:
        """For each network the training whose victims its others are compared with."""
        found = reference_trainings(self.config)
        return {network: training.name for network, training in found.items()}

    @cached_property
    def evaluations(self) -> list[Evaluation]:
        """The evaluations of the study."""
        return evaluations(self.config)

    @cached_property
    def corrupted(self) -> list[Corrupted]:
        """The corruptions that the victims of the study meet."""
        return corrupted(self.config)

    @cached_property
    def kept(self) -> Kept:
        """The evaluations that keep their adversarial inputs."""
        return kept(self.config)

    @cached_property
    def checks(self) -> list[Check]:
        """The checks of attacks on the input."""
        return checks(self.config)

    @cached_property
    def waveform_checks(self) -> list[Check]:
        """The checks of attacks on the waveform."""
        return waveform_checks(self.config)

    @cached_property
    def detections(self) -> list[Detection]:
        """The detections of the study."""
        return detections(self.config)

    @cached_property
    def transfers(self) -> list[Transfer]:
        """The victims that are judged on the adversarial examples of others."""
        return transfers(self.config)

    @cached_property
    def sounds(self) -> dict[str, Sound]:
        """The test recordings as audio, by their place below ``results/sounds``."""
        return {sound.path: sound for sound in sounds(self.config)}
