"""The recordings that can be played, with all that the page says of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import nn

from mishear.core.flac import read_sound
from mishear.core.tables.listening import QUALITY, TRANSCRIPTS
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.measurements import of_setting, read_attacked
from mishear.evaluation.recordings import gallery_rows
from mishear.features.front_ends.building import unit_of
from mishear.features.split import Division
from mishear.listening.tables import WITHOUT_PHASE
from mishear.paper.example import Evidence, paper_example, recording_of_one
from mishear.report.listening_page import PlayedRecording, Transcript, Version, title


@dataclass(frozen=True)
class SoundFiles:
    """One version of the test recordings with its quality and its transcripts.

    Attributes
    ----------
    kind, name, eps, budget
        As in the table of audio quality.
    transcripts
        The file of each recogniser.
    """

    kind: str
    name: str | None
    eps: float | None
    budget: str | None
    sound: Path
    quality: Path
    transcripts: Mapping[str, Path]


def sound_files(
    versions: Mapping[str, Mapping[str, Any]],
    recognisers: Sequence[str],
    inputs: Mapping[str, Path],
) -> list[SoundFiles]:
    """Gather the files of each version.

    Parameters
    ----------
    versions
        ``kind``, ``name``, ``eps`` and ``budget`` of each sound, by its path.
    recognisers
        Their names.
    inputs
        See :func:`mishear.study.listening.page_inputs`.
    """
    return [
        SoundFiles(
            **version,
            sound=inputs[f"sound/{path}"],
            quality=inputs[f"quality/{path}"],
            transcripts={name: inputs[f"transcript/{name}/{path}"] for name in recognisers},
        )
        for path, version in versions.items()
    ]


@dataclass(frozen=True)
class Classifier:
    """A victim that predicts the class of a waveform.

    Attributes
    ----------
    front_end
        From a waveform of ``samples`` to the victim's input.
    """

    victim: DefendedVictim
    front_end: nn.Module
    samples: int


@dataclass(frozen=True)
class Noise:
    """The recipe with the paper's poison.

    Attributes
    ----------
    reference
        The training without poison.
    table
        Rows of ``summary_over_seeds.csv``.
    """

    recipe: str
    reference: str
    table: pd.DataFrame


def noise(
    recipe: str | None, reference: str, summary: Path, setting: Mapping[str, str]
) -> Noise | None:
    """Read what a study measured of the paper's poison; None if no recipe has it."""
    if recipe is None:
        return None
    return Noise(recipe, reference, of_setting(read_attacked(summary), setting))


def chosen_recordings(division: Division, wanted: int | Sequence[str]) -> list[int]:
    """Return the rows of the recordings to be played: one of the word "one", then those wanted.

    Parameters
    ----------
    division
        Labels and splits.
    wanted
        Names of test recordings, or their number, which are then of different classes.

    Raises
    ------
    UserError
        If one of the names is not that of a test recording.
    """
    one = recording_of_one(division)
    rows = gallery_rows(division, wanted, "listening.page.recordings").tolist()
    return list(dict.fromkeys([one, *rows]))


def played_recordings(
    rows: Sequence[int],
    division: Division,
    sounds: Sequence[SoundFiles],
    classifier: Classifier,
    noise: Noise | None,
) -> list[PlayedRecording]:
    """Gather recordings in all versions; the first of them with the paper's claim on it.

    Parameters
    ----------
    rows
        Of the division, from :func:`chosen_recordings`.
    division
        Labels and splits.
    sounds
        The versions, the clean one first.
    classifier
        The victim whose predictions are shown.
    noise
        The paper's poison, if the study has it.
    """
    test = division.rows("test").tolist()
    places = [test.index(row) for row in rows]
    versions = [list(_versions(sound, places, classifier, division.classes)) for sound in sounds]
    found = [
        PlayedRecording(name, label, of_recording)
        for name, label, *of_recording in zip(
            division.recordings[rows].tolist(),
            division.labels[rows].tolist(),
            *versions,
            strict=True,
        )
    ]
    if noise is not None:
        evidence = _evidence(found[0], sounds, noise.recipe)
        table = noise.table
        of_noise = table[(table.attack == noise.recipe) & (table.defence == "none")]
        of_noise = of_noise[of_noise.detector.isna()]
        example = paper_example(of_noise, noise.reference, evidence)
        found[0] = replace(found[0], example=example)
    return found


def _evidence(played: PlayedRecording, sounds: Sequence[SoundFiles], noise: str) -> Evidence:
    """Gather a recording clean and with noise, and the whole test split with the same noise."""
    found = {
        sound.eps: (sound, version)
        for sound, version in zip(sounds, played.versions, strict=True)
        if sound.kind == "clean" or (sound.kind == "poisoned" and sound.name == noise)
    }
    return Evidence(
        played.name,
        played.label,
        {eps: QUALITY.read(sound.quality) for eps, (sound, _) in found.items() if eps is not None},
        {
            name: {
                eps: TRANSCRIPTS.read(sound.transcripts[name]) for eps, (sound, _) in found.items()
            }
            for name in sounds[0].transcripts
        },
        {eps: version.features for eps, (_, version) in found.items()},
    )


def _versions(
    sound: SoundFiles, places: Sequence[int], classifier: Classifier, classes: Sequence[str]
) -> Iterator[Version]:
    waveforms = read_sound(sound.sound, classifier.samples, places)
    with torch.inference_mode():
        features = classifier.front_end(torch.from_numpy(waveforms).unsqueeze(1))
        predicted = classifier.victim.predict(features, seed=0).tolist()
    quality = QUALITY.read(sound.quality)
    transcripts = {name: TRANSCRIPTS.read(file) for name, file in sound.transcripts.items()}
    for number, place in enumerate(places):
        yield Version(
            title(sound.kind, sound.name, sound.eps, sound.budget, unit_of(classifier.front_end)),
            waveforms[number],
            features[number, 0].numpy(),
            classes[predicted[number]],
            [
                Transcript(name, rows[place]["recognised_as"], rows[place]["transcript"])
                for name, rows in transcripts.items()
            ],
            _quality(quality[place], sound.kind),
            quality[place]["note"],
        )


def _quality(row: Mapping[str, Any], kind: str) -> dict[str, float | None]:
    found = {key: row[key] for key in ("snr_db", "si_sdr_db", "pesq", "stoi")}
    if kind in WITHOUT_PHASE:
        found |= dict.fromkeys(("snr_db", "si_sdr_db"))
    return found
