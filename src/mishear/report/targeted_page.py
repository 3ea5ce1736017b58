"""The page on which examples of targeted attacks can be played."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mishear.core.files import atomic_path
from mishear.report.environment import environment
from mishear.report.listening_page import MEGABYTES, TEXT, flac, level_above, loudness


@dataclass(frozen=True)
class Played:
    """A sound, shape (samples,), and the class that the victim predicts for it."""

    waveform: np.ndarray
    predicted: str


@dataclass(frozen=True)
class AimedSound:
    """A recording of one class that an attack turns into another.

    Attributes
    ----------
    label, target : str
        The true class and the target.
    recording : str
    limit : str
        The smallest perturbation at which the attack reaches the target, in words.
    number : str
        The number in it.
    original, attacked : Played
    """

    label: str
    target: str
    recording: str
    limit: str
    number: str
    original: Played
    attacked: Played


@dataclass(frozen=True)
class AimedAttack:
    """The examples of one attack.

    Attributes
    ----------
    quantity
        What limits the perturbation, with its unit.
    classes
        Labels of all classes.
    is_approximate
        Whether its examples are no sounds themselves, but are inverted to sounds.
    obstacle
        Why its examples cannot be played; empty if they can.
    """

    name: str
    domain: str
    quantity: str
    classes: Sequence[str]
    is_approximate: bool
    sounds: Sequence[AimedSound] = ()
    obstacle: str = ""


@dataclass(frozen=True)
class TargetedPage:
    """The page of one corpus, front end and network.

    Attributes
    ----------
    study
        Name of the study.
    setting
        Names of the corpus, the front end and the network.
    victim
        The victim that is attacked, in words.
    sample_rate
        Hz.
    """

    study: str
    setting: Mapping[str, str]
    victim: str
    attacks: Sequence[AimedAttack]
    sample_rate: int


def write_page(page: TargetedPage, path: Path) -> None:
    """Write the HTML file."""
    room = (MEGABYTES * 10**6 - TEXT) // max(len(page.attacks), 1)
    text = (
        environment()
        .get_template("targeted.html.j2")
        .render(
            study=page.study,
            setting=page.setting,
            victim=page.victim,
            attacks=[_attack(each, page.sample_rate, room) for each in page.attacks],
            megabytes=MEGABYTES,
        )
    )
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _attack(attack: AimedAttack, sample_rate: int, room: int) -> dict[str, Any]:
    """Return what the template shows of an attack, with as many sounds as there is room for."""
    recordings: dict[str, dict[str, Any]] = {}
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    for number, sound in enumerate(attack.sounds):
        cells[sound.label, sound.target] = cell = {"sound": sound, "player": None}
        player = _player(sound.attacked, sample_rate, sound.original)
        shown = recordings.get(sound.recording)
        original = shown["original"] if shown else _player(sound.original, sample_rate)
        room -= len(player["source"]) + (0 if shown else len(original["source"]))
        if room < 0:
            continue
        cell["player"] = number
        shown = recordings.setdefault(
            sound.recording,
            {"name": sound.recording, "label": sound.label, "original": original, "attacked": []},
        )
        shown["attacked"].append({"sound": sound, "number": number, **player})
    return {
        "attack": attack,
        "cells": cells,
        "recordings": list(recordings.values()),
        "left_out": sum(cell["player"] is None for cell in cells.values()),
    }


def _player(played: Played, sample_rate: int, original: Played | None = None) -> dict[str, Any]:
    excess = level_above(original.waveform, played.waveform) if original else 0.0
    source = flac(played.waveform, sample_rate)
    return {"source": source, "predicted": played.predicted, **loudness(excess)}
