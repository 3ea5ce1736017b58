"""What stands in the card of a study: its models, threats, results and checks for programs.

``card.schema.json`` beside this module, and in ``docs``, is the JSON schema of :class:`Card`.
``docs/card.md`` describes it for readers.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1
"""Raised with every change of the schema."""

Number = float | Literal["inf", "-inf"]
"""JSON has no infinite numbers."""


class Part(BaseModel):
    """A part of a card, which has the keys listed and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CommitOfCard(Part):
    """The commit of Mishear that wrote the card."""

    hash: str
    date: str = Field(description="ISO 8601.")
    clean: bool = Field(description="Whether the source was that of the commit, unchanged.")


class Software(Part):
    """What the card was written with. What results were computed with is in `environments`."""

    mishear: str = Field(description="Version of Mishear.")
    commit: CommitOfCard | None = Field(description="Null where Mishear is installed as a package.")
    own_code: str | None = Field(
        None,
        description="Hash of the modules and files of data that classes from outside Mishear use. "
        "Null without such classes.",
    )


class SplitOfCard(Part):
    """How the recordings of a corpus are divided, in one fold."""

    corpus: str
    fold: int | None = Field(description="Null without folds.")
    path: str
    train: int = Field(description="Number of recordings.")
    validation: int
    test: int
    test_sha256: str = Field(
        description="SHA-256 of the labels and hashes of the audio of all test recordings."
    )
    test_speakers: int = Field(description="0 where the corpus names no speakers.")
    known_speakers: int = Field(
        description="Test speakers who are in the training split as well. Whether networks from "
        "elsewhere were trained on them is not known."
    )


class CorpusOfCard(Part):
    """A corpus: how much, and a hash of all of it."""

    name: str
    source: str = Field(description="Its kind, such as `espeak` or `folder`.")
    recordings: int
    speakers: int = Field(description="0 where the corpus names none.")
    classes: list[str]
    seconds: float
    sha256: str = Field(
        description="SHA-256 of the labels and hashes of the audio of all recordings; names of "
        "files do not count."
    )


class VictimOfCard(Part):
    """Names of a victim, or of the victims of all seeds of a recipe."""

    corpus: str
    front_end: str
    network: str
    recipe: str


class ModelOfCard(VictimOfCard):
    """The weights of one victim."""

    seed: int
    fold: int | None
    path: str
    sha256: str = Field(description="SHA-256 of the file of weights.")
    parameters: int | None = Field(
        description="Number of parameters of the network; null for a model that gives only scores."
    )


class Threat(Part):
    """What an attacker, or a poison, may do."""

    id: str = Field(description="Unique in the card; `results` name it.")
    attack: str = Field(description="Name of the attack or of the poison.")
    class_name: str
    params: dict[str, Any] = Field(description="Every parameter, those at their default included.")
    restarts: int | None
    targets: str | None
    domain: str = Field(description="`spectrogram` (the network's input), `waveform` or `label`.")
    norm: str | None = Field(description="Norm in which eps is measured.")
    budget: str | None = Field(description="What eps limits: `eps`, the norm; `snr`, the ratio.")
    eps: Number | None
    unit: str = Field(description="Unit of eps; empty for none.")
    knowledge: Literal["white box", "black box", "transfer", "none"]
    source: str | None = Field(description="Training of the source model of a transfer attack.")
    gradient: str = Field(description="How the gradient of the defended victim is computed.")
    steps: int | None = Field(description="Gradient steps of an attempt; null where not known.")
    queries: int | None = Field(description="Largest number of queries; null where not limited.")


class Interval(Part):
    """A proportion with its 95 % interval; null where it is not a number."""

    value: float | None
    low: float | None
    high: float | None


class TableOfCard(Part):
    """A file with a row for each test recording, of one victim."""

    seed: int
    fold: int | None
    path: str
    sha256: str


class Result(VictimOfCard):
    """The victims of a recipe behind a defence under one threat or corruption."""

    defence: str
    evaluation: str | None = Field(description="`adaptive` or `transfer`; null without an attack.")
    threat: str | None = Field(description="`id` of the threat; null for a corruption.")
    corruption: str | None
    severity: int | None
    level: float | None
    level_unit: str | None
    n: int = Field(description="Test recordings.")
    seeds: list[int] = Field(description="Seeds of the victims.")
    covers: str = Field(description="What the intervals are about.")
    clean_accuracy: Interval
    accuracy: Interval
    attack_success_rate: Interval | None
    tables: list[TableOfCard]


class WorstCase(VictimOfCard):
    """The worst case over the attacks that are within one limit."""

    defence: str
    domain: str
    norm: str | None
    budget: str | None
    eps: Number | None
    n: int
    seeds: int
    worst_accuracy: Interval
    strongest: str
    attacks: list[str]


class CheckOfCard(VictimOfCard):
    """The verdict of one check of an attack."""

    seed: int
    fold: int | None
    defence: str
    attack: str
    check: str
    verdict: str
    n: int | None
    evidence: str
    p: float | None


class CertificateOfCard(VictimOfCard):
    """The accuracy that is certified within an L2 radius."""

    seed: int
    fold: int | None
    defence: str
    confidence: float
    radius: float
    n: int
    certified_accuracy: Interval


class EnvironmentOfCard(Part):
    """What a number of results were computed with, as recorded when they were."""

    corpus: str
    front_end: str
    network: str
    kind: str
    device: str
    gpu: str
    cpu: str
    cpu_capability: str
    threads: str
    libraries: str
    count: int


class RequirementOfCard(VictimOfCard):
    """A requirement on one row of the results, and whether it is met."""

    key: str
    condition: str
    defence: str
    evaluation: str | None
    quantity: Literal["accuracy", "clean_accuracy"]
    at_least: float
    measured: Interval
    n: int
    seeds: int
    passed: bool
    message: str = Field(description="The same in a sentence.")


class Card(Part):
    """A study for programs."""

    schema_version: Literal[1]
    study: str
    software: Software
    corpora: list[CorpusOfCard]
    splits: list[SplitOfCard]
    models: list[ModelOfCard]
    threats: list[Threat]
    results: list[Result]
    worst_cases: list[WorstCase]
    checks: list[CheckOfCard]
    certificates: list[CertificateOfCard]
    environments: list[EnvironmentOfCard]
    requirements: list[RequirementOfCard]
    passed: bool | None = Field(description="Whether all are met; null without requirements.")
    config: dict[str, Any] = Field(description="What the results depend on.")
