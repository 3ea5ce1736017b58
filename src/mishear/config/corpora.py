"""Section `corpora`: where recordings come from."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mishear.config.base import (
    Location,
    NamedClass,
    Repeats,
    Section,
    Seed,
    Sha256,
    Share,
    no_repeats,
)


def _whole_expression(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    if "label" not in groups:
        raise ValueError("needs a group named 'label', such as (?P<label>[0-9])")
    return pattern


def named_groups(pattern: str) -> list[str]:
    """Return the names of the groups of a regular expression."""
    return list(re.compile(pattern).groupindex)


Labels = Annotated[list[NamedClass], Field(min_length=2), AfterValidator(no_repeats)]
Pattern = Annotated[str, AfterValidator(_whole_expression)]


class CorpusSection(Section):
    """Keys that every source has."""

    shards: Repeats = Field(
        default=2,
        description="Parts into which the recordings are divided to compute waveforms and inputs; "
        "each part is one job.",
    )
    max_rejected_share: Share = Field(
        default=0.05,
        description="Largest fraction of unusable recordings; above it the run stops.",
    )


class EspeakCorpus(CorpusSection):
    """Synthesised digits, made offline by eSpeak NG."""

    source: Literal["espeak"]
    speakers: Annotated[int, Field(ge=2, le=94)] = Field(
        default=60, description="Number of speakers."
    )
    repetitions: Annotated[int, Field(ge=1, le=50)] = Field(
        default=5, description="Recordings of each digit by each speaker."
    )
    seed: Seed = Field(default=0, description="Seed of voices and variations.")


class ArchiveCorpus(CorpusSection):
    """Keys of the sources that are unpacked from an archive."""

    archive: Location | None = Field(
        default=None,
        description="Another URL, a local `.zip`/`.tar.gz` or a directory, instead of the public "
        "download.",
    )
    sha256: Sha256 | None = Field(
        default=None,
        description="SHA-256 hash that the archive must have; unset: its content is checked.",
    )
    max_unpacked_gigabytes: Annotated[float, Field(gt=0, le=100_000)] = Field(
        default=8, description="Limit beyond which an archive is refused."
    )


class FsddCorpus(ArchiveCorpus):
    """The Free Spoken Digit Dataset, release v1.0.10: 3,000 recordings, 8 kHz."""

    source: Literal["fsdd"]


class AudioMnistCorpus(ArchiveCorpus):
    """AudioMNIST at a pinned commit: 30,000 recordings, 48 kHz."""

    source: Literal["audiomnist"]
    shards: Repeats = Field(
        default=16,
        description="Parts into which the recordings are divided to compute waveforms and inputs; "
        "each part is one job.",
    )


class FolderCorpus(CorpusSection):
    """Your own recordings: wav, flac or ogg files in a directory or an archive."""

    source: Literal["folder"]
    path: Location = Field(description="Directory, `.zip`/`.tar.gz`, or URL of an archive.")
    pattern: Pattern = Field(
        description="Regular expression that is searched in each path (Python's `re.search`). The "
        "group `label` is the class. The optional group `speaker` is the speaker. The optional "
        "group `take` distinguishes the recordings of one class by one speaker."
    )
    classes: Labels | None = Field(
        default=None, description="The classes; unset: all labels that are found."
    )
    sha256: Sha256 | None = Field(
        default=None, description="SHA-256 hash that the archive must have; unset: not checked."
    )
    max_unpacked_gigabytes: Annotated[float, Field(gt=0, le=100_000)] = Field(
        default=8, description="Limit beyond which an archive is refused."
    )


Corpus = Annotated[
    EspeakCorpus | FsddCorpus | AudioMnistCorpus | FolderCorpus, Field(discriminator="source")
]
