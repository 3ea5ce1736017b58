"""The recordings that are played in the report, with all that is said of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import nn

from mishear.core.errors import UserError
from mishear.core.flac import read_sound
from mishear.core.tables.listening import QUALITY, TRANSCRIPTS
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.recordings import gallery_rows
from mishear.features.split import Division
from mishear.listening.tables import WITHOUT_PHASE
from mishear.paper.example import Evidence, paper_example, recording_of_one
from mishear.report.listening import Heard, Played, Version, title


@dataclass(frozen=True)
class SoundFiles:
    """One version of the test recordings with what was heard in it.

    ``kind``, ``name``, ``eps`` and ``budget`` are as in ``audio_quality.csv``; ``heard`` has a file
    for each recogniser.
    """

    kind: str
    name: str | None
    eps: float | None
    budget: str | None
    sound: Path
    quality: Path
    heard: Sequence[Path]


def chosen_recordings(division: Division, wanted: int | Sequence[str]) -> list[int]:
    """Rows of the recordings to be played: one of the word "one" first, then those wanted.

    Parameters
    ----------
    division
        Labels and splits.
    wanted
        Names of test recordings, or how many: then of different classes.

    Raises
    ------
    UserError
        If one of them is no test recording.
    """
    one = recording_of_one(division)
    if isinstance(wanted, int):
        rows = gallery_rows(division, wanted).tolist()
    else:
        names = division.recordings.tolist()
        test = set(division.recordings[division.rows("test")].tolist())
        for name in wanted:
            if name not in test:
                raise UserError(
                    f"listening.page.recordings: '{name}' is no test recording; their names stand "
                    f"in results/splits with split test."
                )
        rows = [names.index(name) for name in wanted]
    return list(dict.fromkeys([one, *rows]))


def played_recordings(
    rows: Sequence[int],
    division: Division,
    sounds: Sequence[SoundFiles],
    recognisers: Sequence[str],
    victim: DefendedVictim,
    front_end: nn.Module,
    samples: int,
    table: pd.DataFrame,
    reference: str,
    noise: str | None,
) -> list[Played]:
    """Recordings in all versions, the first of them with the paper's claim on it.

    Parameters
    ----------
    rows
        Of the division, from :func:`chosen_recordings`.
    division
        Labels and splits.
    sounds
        The versions, the clean one first.
    recognisers
        Their names.
    victim, front_end
        What hears the recordings.
    samples
        Of a recording.
    table
        Rows of :func:`mishear.evaluation.measurements.over_seeds` without a defence.
    reference
        The training without poison.
    noise
        The recipe with the paper's poison, if there is one.
    """
    test = division.rows("test").tolist()
    places = [test.index(row) for row in rows]
    labels = division.labels[rows].tolist()
    versions = [
        list(_versions(sound, places, recognisers, victim, front_end, samples, division.classes))
        for sound in sounds
    ]
    found = [
        Played(str(division.recordings[row]), label, [version[number] for version in versions])
        for number, (row, label) in enumerate(zip(rows, labels, strict=True))
    ]
    if noise is not None:
        evidence = _evidence(found[0], sounds, recognisers, noise)
        example = paper_example(table[table.attack == noise], reference, evidence)
        found[0] = replace(found[0], example=example)
    return found


def _evidence(
    played: Played, sounds: Sequence[SoundFiles], recognisers: Sequence[str], noise: str
) -> Evidence:
    """A recording clean and with noise, and the whole test beside it."""
    told = {
        sound.eps: (sound, version)
        for sound, version in zip(sounds, played.versions, strict=True)
        if sound.kind == "clean" or (sound.kind == "poisoned" and sound.name == noise)
    }
    return Evidence(
        played.name,
        played.label,
        {eps: QUALITY.read(sound.quality) for eps, (sound, _) in told.items() if eps is not None},
        {
            name: {eps: TRANSCRIPTS.read(sound.heard[place]) for eps, (sound, _) in told.items()}
            for place, name in enumerate(recognisers)
        },
        {eps: version.spectrogram for eps, (_, version) in told.items()},
    )


def _versions(
    sound: SoundFiles,
    places: Sequence[int],
    recognisers: Sequence[str],
    victim: DefendedVictim,
    front_end: nn.Module,
    samples: int,
    classes: Sequence[str],
) -> Iterator[Version]:
    waveforms = read_sound(sound.sound, samples, places)
    with torch.inference_mode():
        spectrograms = front_end(torch.from_numpy(waveforms).unsqueeze(1))
        predicted = victim.predict(spectrograms, seed=0).tolist()
    quality = QUALITY.read(sound.quality)
    heard = [TRANSCRIPTS.read(file) for file in sound.heard]
    for number, place in enumerate(places):
        yield Version(
            title(sound.kind, sound.name, sound.eps, sound.budget),
            waveforms[number],
            spectrograms[number, 0].numpy(),
            classes[predicted[number]],
            [
                Heard(name, rows[place]["recognised_as"], rows[place]["transcript"])
                for name, rows in zip(recognisers, heard, strict=True)
            ],
            _quality(quality[place], sound.kind),
            quality[place]["note"],
        )


def _quality(row: dict[str, Any], kind: str) -> dict[str, float | None]:
    found = {key: row[key] for key in ("snr_db", "si_sdr_db", "pesq", "stoi")}
    if kind in WITHOUT_PHASE:
        found |= dict.fromkeys(("snr_db", "si_sdr_db"))
    return found
