"""The keys of the rows of a study's tables, in the order of the files they are made from."""

from dataclasses import asdict, dataclass
from typing import Any

from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.core.tables.shared import CORRUPTION_KEYS
from mishear.study import paths
from mishear.study.corruptions import corrupted
from mishear.study.detections import detections
from mishear.study.evaluations import Evaluation, Victim, defences_of, evaluations, victims
from mishear.study.poisons import poison_domain
from mishear.study.sounds import Sound, inversions, ratio_evaluations
from mishear.study.trainings import TRAINED, Training, all_trainings, recipe_of


@dataclass(frozen=True)
class Certified:
    """A victim behind a certified defence."""

    victim: Victim
    defence: str

    @property
    def path(self) -> str:
        """The table of certified radii, a row per test recording."""
        place = paths.CERTIFICATE.format(**self.victim.names, defence=self.defence)
        return paths.certificates(place)


def certified(config: Config) -> list[Certified]:
    """Return the victims without poison behind each certified defence."""
    known = all_trainings(config)
    return [
        Certified(victim, defence)
        for victim in victims(config)
        if not recipe_of(config, known[victim.recipe]).poison
        for defence in defences_of(config, known[victim.recipe])
        if defence != NO_DEFENCE and config.defences[defence].certificate
    ]


def evaluated_victims(config: Config) -> list[Victim]:
    """Return the victims that are evaluated in the study."""
    found = [*evaluations(config), *corrupted(config)]
    return list(dict.fromkeys(evaluation.victim for evaluation in found))


def trained_here(config: Config) -> list[Victim]:
    """Return those of them that the study trains, which have a history."""
    return [victim for victim in evaluated_victims(config) if victim.recipe != TRAINED]


def certificate_keys(config: Config) -> list[dict[str, Any]]:
    """Return the keys of each of :func:`certified`, in its order."""
    return [
        {
            **asdict(found.victim),
            "defence": found.defence,
            "confidence": config.defences[found.defence].certificate.confidence,
        }
        for found in certified(config)
    ]


def summary_keys(config: Config) -> list[dict[str, Any]]:
    """Return the keys of each evaluation of the study."""
    known = all_trainings(config)
    keys = []
    for evaluation in evaluations(config):
        attack = config.attacks.get(evaluation.attack)
        keys.append(
            {
                **asdict(evaluation.victim),
                **_training_keys(known[evaluation.victim.recipe]),
                "defence": evaluation.defence,
                **_gradient_key(config, evaluation.victim),
                "evaluation": _kind(evaluation) if attack else None,
                "source": evaluation.source,
                "attack": evaluation.attack,
                "domain": attack.domain if attack else poison_domain(config, evaluation.attack),
                "budget": attack.budget if attack else None,
                "eps": evaluation.eps,
                **dict.fromkeys(CORRUPTION_KEYS),
            }
        )
    return keys


def corruption_keys(config: Config) -> list[dict[str, Any]]:
    """Return the keys of each corruption of the study's victims, without those of a severity.

    What belongs to an attack is None.
    """
    known = all_trainings(config)
    return [
        {
            **asdict(found.victim),
            **_training_keys(known[found.victim.recipe]),
            "defence": found.defence,
            **_gradient_key(config, found.victim),
            **dict.fromkeys(("evaluation", "source", "attack", "norm", "budget", "eps")),
            "domain": "waveform",
            "corruption": found.corruption,
        }
        for found in corrupted(config)
    ]


def _training_keys(training: Training) -> dict[str, Any]:
    return {
        **_poison_keys(training),
        "training_eps": training.eps,
        "training_sigma": training.sigma,
    }


def _gradient_key(config: Config, victim: Victim) -> dict[str, str]:
    """Return that a victim has no gradient; nothing where its defence decides."""
    return {"gradient": "none"} if config.networks[victim.network].is_scores_only else {}


def _kind(evaluation: Evaluation) -> str:
    return "transfer" if evaluation.source else "adaptive"


def _poison_keys(training: Training) -> dict[str, Any]:
    return {
        "poison": training.recipe if training.rate is not None else None,
        "poison_amplitude": training.amplitude,
        "poisoning_rate": training.rate,
        "detector": training.detector,
    }


def detection_keys(config: Config) -> list[dict[str, Any]]:
    """Return the keys of each detection of the study."""
    known = all_trainings(config)
    return [
        {
            **asdict(found.victim),
            **_poison_keys(known[found.victim.recipe]),
            "detector": found.detector,
        }
        for found in detections(config)
    ]


def sound_keys(config: Config, sound: Sound) -> dict[str, Any]:
    """Return the keys of a sound."""
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


def inversion_keys(config: Config) -> list[dict[str, Any]]:
    """Return the keys of each inverted evaluation of the study."""
    return [
        {**asdict(found.victim), "attack": found.attack, "eps": found.eps}
        for found in inversions(config)
    ]


def ratio_keys(config: Config) -> list[dict[str, Any]]:
    """Return the keys of each evaluation whose budget is a signal-to-noise ratio."""
    return [
        {
            **asdict(found.victim),
            "defence": found.place,
            "attack": found.attack,
            "eps": found.eps,
        }
        for found in ratio_evaluations(config)
    ]
