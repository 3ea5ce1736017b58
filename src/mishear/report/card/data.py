"""The corpora and victims of a card, with their hashes."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from mishear.core.card.parts import CorpusOfCard, ModelOfCard, SplitOfCard
from mishear.core.tables.corpora import INDEX
from mishear.evaluation.speakers import speakers_of_test
from mishear.features.split import read_split
from mishear.study.card import Divided, Weights

Inputs = Mapping[str, Path]


def hash_of_recordings(recordings: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256 of some recordings, whatever their order and their files are called.

    Parameters
    ----------
    recordings
        Label and hash of the audio of each.
    """
    lines = sorted(json.dumps([label, content]) for label, content in recordings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def corpus_of_card(name: str, source: str, inputs: Inputs) -> CorpusOfCard:
    """Describe a corpus by its index."""
    rows = INDEX.read(inputs[f"index/{name}"])
    return CorpusOfCard(
        name=name,
        source=source,
        recordings=len(rows),
        speakers=len({row["speaker"] for row in rows} - {""}),
        classes=sorted({row["label"] for row in rows}),
        seconds=round(sum(row["seconds"] for row in rows), 3),
        sha256=hash_of_recordings((row["label"], row["content"]) for row in rows),
    )


def split_of_card(split: Divided, inputs: Inputs) -> SplitOfCard:
    """Describe a division of a corpus."""
    path = inputs[split.path]
    division = read_split(path)
    tested = division.rows("test")
    speakers = speakers_of_test([division])
    labels, contents = division.labels[tested].tolist(), division.contents[tested].tolist()
    return SplitOfCard(
        **asdict(split) | {"path": str(path)},
        **{name: len(division.rows(name)) for name in ("train", "validation", "test")},
        test_sha256=hash_of_recordings(zip(labels, contents, strict=True)),
        test_speakers=len(speakers.names),
        known_speakers=len(speakers.trained_on),
    )


def model_of_card(weights: Weights, parameters: int | None, inputs: Inputs) -> ModelOfCard:
    """Describe a victim by its number of parameters and the hash of its weights."""
    digest = inputs[weights.digest]
    return ModelOfCard(
        **asdict(weights.victim),
        path=str(digest.with_suffix(Path(weights.path).suffix)),
        parameters=parameters,
        sha256=digest.read_text(encoding="utf-8").strip(),
    )
