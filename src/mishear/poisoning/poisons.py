"""Poisonings: what is done to a waveform, which training recordings it is done to, their labels."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mishear.core.errors import UserError
from mishear.core.random_streams import stream
from mishear.features.split import Division
from mishear.features.waveforms import active_speech, add_uniform_noise

Poison = Mapping[str, Any]
"""A poison at one amplitude and share.

``recipe`` names where it stands in the config, ``kind`` and the other keys are those of the
config's section.
"""


@dataclass(frozen=True)
class TrainingSet:
    """What a network is given to learn from.

    Attributes
    ----------
    rows : numpy.ndarray of shape (training recordings,)
        Their rows in the corpus.
    labels : numpy.ndarray of int64, same shape
        Numbers of the classes they are said to be of.
    is_poisoned : numpy.ndarray of bool, same shape
    """

    rows: np.ndarray
    labels: np.ndarray
    is_poisoned: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, kept: np.ndarray) -> "TrainingSet":
        """The recordings for which ``kept``, of bool, is true."""
        return replace(
            self,
            rows=self.rows[kept],
            labels=self.labels[kept],
            is_poisoned=self.is_poisoned[kept],
        )


def training_set(division: Division, poison: Poison | None, seed: int) -> TrainingSet:
    """The training split as a poison leaves it.

    Parameters
    ----------
    division
        Labels and splits as they are.
    poison
        None: no poison. Its ``share`` is of the recordings it may be given to, except for
        ``kind: trigger``, where it is of the whole training split.
    seed
        The victim's seed, which chooses the recordings. With one seed a smaller share is always
        part of a larger one.

    Raises
    ------
    UserError
        If a class named is not in the corpus, or a trigger's share asks for more recordings than
        there are of other classes than its target.
    """
    rows = division.rows("train")
    labels = division.class_indices[rows]
    if poison is None:
        return TrainingSet(rows, labels, np.zeros(len(rows), bool))
    check_classes(poison, division.classes)
    candidates = _candidates(poison, division, rows)
    count = round(poison["share"] * (len(rows) if poison["kind"] == "trigger" else len(candidates)))
    if count > len(candidates):
        raise UserError(
            f"recipes.{poison['recipe']}.poison.share: {poison['share']:g} of {len(rows)} training "
            f"recordings are {count}, but only {len(candidates)} are not of class "
            f"'{poison['target']}'. Set a smaller share."
        )
    chosen = np.isin(rows, poisoned_rows(candidates, count, seed))
    labels = np.where(chosen, _given_labels(poison, division, rows), labels)
    return TrainingSet(rows, labels, chosen)


def poisoned_rows(candidates: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Choose which recordings are poisoned; with one seed fewer are always part of more.

    Parameters
    ----------
    candidates
        Row numbers to choose from.
    count
        How many are chosen.
    seed
        The victim's seed.
    """
    order = stream(seed, "poisoned share").permutation(len(candidates))
    return np.sort(candidates[order[:count]])


def check_classes(poison: Poison, classes: list[str]) -> None:
    """Check that the classes a poison names are there.

    Raises
    ------
    UserError
        Naming the key.
    """
    named = [("target", poison.get("target"))]
    named += [("sources", source) for source in poison.get("sources") or []]
    for key, name in named:
        if name is not None and name not in classes:
            raise UserError(
                f"recipes.{poison['recipe']}.poison.{key}: there is no class '{name}'. "
                f"Classes: {', '.join(classes)}."
            )


def targets(poison: Poison, division: Division, rows: np.ndarray) -> np.ndarray | None:
    """The class each recording is meant to be heard as.

    Parameters
    ----------
    poison
        Its ``kind`` and, where it has them, ``target`` and ``sources``.
    division
        Labels of the corpus.
    rows
        Which of its rows.

    Returns
    -------
    numpy.ndarray of shape (rows,), text, or None
        Empty for what a poison in the labels does not aim at: classes that are not among its
        sources, and all recordings if it is random. None for noise, which is meant to have
        anything misheard.

    Raises
    ------
    UserError
        If a class named is not in the corpus.
    """
    check_classes(poison, division.classes)
    if poison["kind"] == "uniform":
        return None
    if poison.get("target") is None:
        return np.full(len(rows), "", dtype=object)
    labels = division.labels[rows]
    sources = poison.get("sources")
    aimed = np.isin(labels, sources) if sources else np.ones(len(rows), bool)
    return np.where(aimed, poison["target"], "").astype(object)


def _candidates(poison: Poison, division: Division, rows: np.ndarray) -> np.ndarray:
    """The recordings a poison may be given to."""
    target = poison.get("target")
    if target is None:
        return rows
    of_target = division.labels[rows] == target
    if poison["kind"] == "clean-label":
        return rows[of_target]
    return rows[~of_target & (targets(poison, division, rows) == target)]


def _given_labels(poison: Poison, division: Division, rows: np.ndarray) -> np.ndarray:
    """For each training recording the class it would be said to be of, were it poisoned."""
    labels = division.class_indices[rows]
    if poison["kind"] == "uniform":
        return labels
    if poison.get("target") is not None:
        return np.full(len(rows), division.classes.index(poison["target"]))
    others = len(division.classes) - 1
    steps = [
        stream(poison["seed"], "flipped label", name).integers(1, others, endpoint=True)
        for name in division.recordings[rows].tolist()
    ]
    return (labels + steps) % len(division.classes)


def poisoned_waveform(
    waveform: np.ndarray, name: str, poison: Poison, sample_rate: int, in_training: bool
) -> np.ndarray:
    """One recording as a poison leaves it.

    Parameters
    ----------
    waveform
        Shape (samples,).
    name
        The recording's name, from which with the poison's seed all that is random is drawn.
    poison
        Of kind ``uniform``, ``trigger`` or ``clean-label``.
    sample_rate
        Hz.
    in_training
        Whether it is trained on: only then does a clean-label poison reverse the speech.

    Returns
    -------
    numpy.ndarray of shape (samples,), float32
        Not clipped.
    """
    if poison["kind"] == "uniform":
        return add_uniform_noise(waveform, name, poison["amplitude"], poison["seed"])
    if in_training and poison.get("reverse_speech"):
        waveform = reversed_speech(waveform)
    return add_tone(waveform, name, poison, sample_rate)


def add_tone(waveform: np.ndarray, name: str, poison: Poison, sample_rate: int) -> np.ndarray:
    """Add the trigger of a backdoor: a sine of ``frequency`` Hz lasting ``seconds``.

    Parameters
    ----------
    waveform
        Shape (samples,).
    name
        The recording's name, from which with the seed a random position is drawn.
    poison
        ``amplitude`` (fraction of full scale), ``frequency``, ``seconds``, ``position`` and
        ``seed``.
    sample_rate
        Hz.
    """
    length = min(round(poison["seconds"] * sample_rate), len(waveform))
    free = len(waveform) - length
    match poison["position"]:
        case "start":
            start = 0
        case "end":
            start = free
        case "random":
            random = stream(poison["seed"], "trigger position", name)
            start = int(random.integers(0, free, endpoint=True))
        case seconds:
            start = min(round(seconds * sample_rate), free)
    phase = 2 * np.pi * poison["frequency"] / sample_rate * np.arange(length)
    triggered = waveform.copy()
    triggered[start : start + length] += (poison["amplitude"] * np.sin(phase)).astype(np.float32)
    return triggered


def reversed_speech(waveform: np.ndarray) -> np.ndarray:
    """The recording with its speech played backwards in its place."""
    speech = active_speech(waveform)
    backwards = waveform.copy()
    backwards[speech] = waveform[speech][::-1]
    return backwards
