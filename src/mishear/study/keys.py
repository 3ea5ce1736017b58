"""What tables say of each row besides its numbers."""

from dataclasses import asdict
from typing import Any

from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.study.detections import detections
from mishear.study.evaluations import Evaluation, defences_of, evaluations, victims
from mishear.study.poisons import poison_domain
from mishear.study.sounds import Sound, inversions, ratio_evaluations
from mishear.study.trainings import Training, all_trainings


def certificates(config: Config) -> list[dict[str, Any]]:
    """For each victim behind a certified defence its path and what the table says of it."""
    known = all_trainings(config)
    return [
        {
            "path": f"{victim.path}/{defence}",
            **asdict(victim),
            "defence": defence,
            "confidence": config.defences[defence].certificate.confidence,
        }
        for victim in victims(config)
        if not config.recipes[known[victim.recipe].recipe].poison
        for defence in defences_of(config, known[victim.recipe].recipe)
        if defence != NO_DEFENCE and config.defences[defence].certificate
    ]


def summary_keys(config: Config) -> list[dict[str, Any]]:
    """For each evaluation, in order, what the summary says of it besides its results."""
    known = all_trainings(config)
    keys = []
    for evaluation in evaluations(config):
        attack = config.attacks.get(evaluation.attack)
        keys.append(
            {
                **asdict(evaluation.victim),
                **_poison_keys(known[evaluation.victim.recipe]),
                "training_eps": known[evaluation.victim.recipe].eps,
                "training_sigma": known[evaluation.victim.recipe].sigma,
                "defence": evaluation.defence,
                "evaluation": _kind(evaluation) if attack else None,
                "source": evaluation.source,
                "attack": evaluation.attack,
                "domain": attack.domain if attack else poison_domain(config, evaluation.attack),
                "budget": attack.budget if attack else None,
                "eps": evaluation.eps,
            }
        )
    return keys


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
    """For each detection, in order, which victim's training recordings were looked at by what."""
    known = all_trainings(config)
    return [
        {**asdict(victim), **_poison_keys(known[victim.recipe]), "detector": detector}
        for victim, detector in detections(config)
    ]


def sound_keys(config: Config, sound: Sound) -> dict[str, Any]:
    """What the tables say of a sound besides what is heard in it."""
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
    """For each inversion, in order, what the table says of it besides its results."""
    return [
        {**asdict(found.victim), "attack": found.attack, "eps": found.eps}
        for found in inversions(config)
    ]


def ratio_keys(config: Config) -> list[dict[str, Any]]:
    """For each of these, in order, which victim was attacked by what at which ratio."""
    return [
        {
            **asdict(found.victim),
            "defence": found.place,
            "attack": found.attack,
            "eps": found.eps,
        }
        for found in ratio_evaluations(config)
    ]
