"""The test recordings as audio: clean, poisoned, adversarial and inverted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.study import paths
from mishear.study.evaluations import (
    Evaluation,
    Victim,
    evaluations,
    first_victim,
    is_reference,
    settings_of,
    victims,
)
from mishear.study.trainings import reference_training


@dataclass(frozen=True)
class Sound:
    """The test recordings of a corpus in one version, as they can be heard.

    ``kind`` is ``clean``, ``round-trip`` (the clean spectrograms inverted to audio),
    ``poisoned``, ``waveform`` (after an attack on the waveform) or ``inverted`` (after an attack
    on the input, inverted to audio). ``name`` is that of the poison or the attack, ``eps``
    its amplitude or eps.
    """

    corpus: str
    front_end: str
    kind: str
    name: str | None = None
    eps: float | None = None
    evaluation: Evaluation | None = None

    @property
    def path(self) -> str:
        """Place below the folders of ``results`` that hold something of each sound."""
        if self.kind == "inverted":
            return _inverted(paths.INVERTED_SOUND, self.evaluation)
        if self.evaluation:
            return self.evaluation.path
        patterns = {
            "clean": paths.CLEAN_SOUND,
            "round-trip": paths.ROUND_TRIP,
            "poisoned": paths.POISONED_SOUND,
        }
        names = {"corpus": self.corpus, "front_end": self.front_end, "poison": self.name}
        if self.eps is not None:
            names["amplitude"] = paths.number_name(self.eps)
        return patterns[self.kind].format(**names)


def inversions(config: Config) -> list[Evaluation]:
    """Return the attacks on the reference victims whose spectrograms are inverted to audio."""
    if config.listening is None:
        return []
    return [
        Evaluation(victim, NO_DEFENCE, attack, eps)
        for victim in victims(config)
        if is_reference(config, victim)
        for attack in config.listening.inversion.attacks
        for eps in config.attacks[attack].eps
    ]


def sounds(config: Config) -> list[Sound]:
    """Return every sound of the study; none unless the config has the section ``listening``."""
    if config.listening is None:
        return []
    found = []
    inverted = inversions(config)
    places = [(each["corpus"], each["front_end"]) for each in settings_of(config)]
    for corpus, front_end in dict.fromkeys(places):
        found.append(Sound(corpus, front_end, "clean"))
        if inverted:
            found.append(Sound(corpus, front_end, "round-trip"))
        found += [
            Sound(corpus, front_end, "poisoned", name, amplitude)
            for name in config.study.recipes
            if (poison := config.recipes[name].poison) and poison.amplitude
            for amplitude in poison.amplitudes
        ]
    attacked = [
        ("waveform", evaluation)
        for evaluation in evaluations(config)
        if evaluation.attack in config.attacks
        and config.attacks[evaluation.attack].domain == "waveform"
    ]
    attacked += [("inverted", evaluation) for evaluation in inverted]
    for kind, evaluation in attacked:
        place = (evaluation.victim.corpus, evaluation.victim.front_end)
        found.append(Sound(*place, kind, evaluation.attack, evaluation.eps, evaluation))
    return found


def inversion_path(evaluation: Evaluation) -> str:
    """Return the table of predictions on the inverted spectrograms of an evaluation."""
    return paths.inversion(_inverted(paths.INVERSION, evaluation))


def _inverted(pattern: str, evaluation: Evaluation) -> str:
    names = evaluation.victim.names | {"attack": evaluation.attack}
    return pattern.format(**names, eps=paths.number_name(evaluation.eps))


def ratio_evaluations(config: Config) -> list[Evaluation]:
    """Return the evaluations under an attack whose budget is a signal-to-noise ratio."""
    return [
        evaluation
        for evaluation in evaluations(config)
        if evaluation.attack in config.attacks and config.attacks[evaluation.attack].budget == "snr"
    ]


def played_sounds(config: Config, setting: Mapping[str, str]) -> list[Sound]:
    """Return the sounds that are played in the report of one corpus, front end and network.

    Attacks are those on the first seed's reference victim, at a few eps evenly spread over their
    list.
    """
    reference = reference_training(config, setting["network"])
    if config.listening is None or reference is None:
        return []
    victim = first_victim(config, setting, reference.name)
    here = [
        sound
        for sound in sounds(config)
        if (sound.corpus, sound.front_end) == (victim.corpus, victim.front_end)
    ]
    return [sound for sound in here if _is_played(config, sound, victim)]


def _is_played(config: Config, sound: Sound, victim: Victim) -> bool:
    if sound.evaluation is None:
        return True
    chosen = _spread(config.attacks[sound.name].eps, config.listening.page.eps)
    of_victim = sound.evaluation.victim == victim and sound.evaluation.place == NO_DEFENCE
    return of_victim and sound.eps in chosen


def _spread(values: Sequence[float], most: int) -> list[float]:
    """At most so many of some values, evenly spread over their list, with both ends."""
    if len(values) <= most:
        return list(values)
    last = len(values) - 1
    return [values[round(place * last / max(most - 1, 1))] for place in range(most)]
