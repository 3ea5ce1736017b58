"""The card of a study, from its tables and its plan."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mishear import __version__
from mishear.core.card.files import json_ready
from mishear.core.card.parts import (
    SCHEMA_VERSION,
    Card,
    CertificateOfCard,
    CheckOfCard,
    CommitOfCard,
    EnvironmentOfCard,
    Part,
    Result,
    Software,
    SplitOfCard,
    TableOfCard,
    Threat,
    WorstCase,
)
from mishear.core.files import sha256
from mishear.core.tables.base import Table
from mishear.core.tables.certificates import CERTIFICATES
from mishear.core.tables.checks import CHECKS
from mishear.core.tables.environments import ENVIRONMENTS
from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.features.bounds import read_unit
from mishear.report.card.data import Inputs, corpus_of_card, model_of_card, split_of_card
from mishear.report.card.networks import number_of_parameters
from mishear.report.card.rows import interval_of, read_rows
from mishear.report.card.threats import threat_of
from mishear.report.requirements import judge
from mishear.runtime.provenance import Commit, commit_of
from mishear.study.card import ROW_KEYS, CardPlan, PerRecording
from mishear.study.trainings import TRAINED

OTHER_SPEAKERS = "recordings and speakers"
"""What intervals are about where no test speaker is in the training split."""


def build_card(plan: CardPlan, inputs: Inputs, own_code: str | None = None) -> Card:
    """Gather what a card says.

    Parameters
    ----------
    plan
        What was planned.
    inputs
        Files by their keys, see :func:`mishear.study.card.card_inputs`.
    own_code
        Hash of the code from outside Mishear.
    """
    rows = read_rows(SUMMARY_OVER_SEEDS, inputs["summary_over_seeds"])
    units = _units(plan.config, inputs)
    threats = [threat_of(row, plan.config, units[row["front_end"]]) for row in rows]
    splits = [split_of_card(split, inputs) for split in plan.splits]
    tables = _tables_by_row(plan.tables, inputs)
    requirements = judge(plan.requirements, rows)
    corpora = [
        corpus_of_card(name, section["source"], inputs)
        for name, section in plan.config["corpora"].items()
    ]
    parameters = _parameters(plan, {corpus.name: corpus.classes for corpus in corpora}, inputs)
    return Card(
        schema_version=SCHEMA_VERSION,
        study=plan.config["study"]["name"],
        software=software().model_copy(update={"own_code": own_code}),
        corpora=corpora,
        splits=splits,
        models=[
            model_of_card(weights, parameters[weights.setting], inputs) for weights in plan.weights
        ],
        threats=list({each.id: each for each in threats if each is not None}.values()),
        results=[
            _result(row, threat, tables[_place(row)], covered(row, splits))
            for row, threat in zip(rows, threats, strict=True)
        ],
        worst_cases=[
            _worst_case(row)
            for row in read_rows(ROBUSTNESS_OVER_SEEDS, inputs["robustness_over_seeds"])
        ],
        checks=_parts(CheckOfCard, CHECKS, inputs["checks"]),
        certificates=_certificates(inputs),
        environments=[
            EnvironmentOfCard(**row) for row in ENVIRONMENTS.read(inputs["environments"])
        ],
        requirements=requirements,
        passed=all(each.passed for each in requirements) if requirements else None,
        config=json_ready(plan.config),
    )


def software(commit: Commit | None = None) -> Software:
    """Return what a file beside the report is written with."""
    commit = commit or commit_of()
    return Software(mishear=__version__, commit=CommitOfCard(**asdict(commit)) if commit else None)


def _parameters(
    plan: CardPlan, classes: Mapping[str, list[str]], inputs: Inputs
) -> dict[str, int | None]:
    """Return the number of parameters of the network of each setting."""
    found = {}
    for weights in plan.weights:
        if weights.setting not in found:
            found[weights.setting] = number_of_parameters(
                plan.networks[weights.setting],
                classes[weights.victim.corpus],
                inputs[f"network/{weights.setting}"],
            )
    return found


def _units(config: Mapping[str, Any], inputs: Inputs) -> dict[str, str]:
    return {name: read_unit(inputs[f"unit/{name}"]) for name in config["front_ends"]}


def _place(row: Mapping[str, Any]) -> tuple:
    return tuple(row[name] for name in ROW_KEYS)


def _tables_by_row(
    tables: Iterable[PerRecording], inputs: Inputs
) -> dict[tuple, list[TableOfCard]]:
    found: dict[tuple, list[TableOfCard]] = {}
    for each in tables:
        path = inputs[each.path]
        table = TableOfCard(seed=each.seed, fold=each.fold, path=str(path), sha256=sha256(path))
        found.setdefault(_place(each.row), []).append(table)
    return found


def _result(
    row: Mapping[str, Any], threat: Threat | None, tables: list[TableOfCard], covers: str
) -> Result:
    succeeded = interval_of(row, "attack_success_rate", "success")
    return Result(
        **_named(Result, row, ("evaluation", "corruption", "severity", "level", "level_unit")),
        threat=threat.id if threat else None,
        seeds=sorted({each.seed for each in tables}),
        covers=covers,
        clean_accuracy=interval_of(row, "clean_accuracy", "clean"),
        accuracy=interval_of(row, "accuracy", "ci"),
        attack_success_rate=None if succeeded.value is None else succeeded,
        tables=tables,
    )


def _recordings(corpus: str, splits: Iterable[SplitOfCard]) -> str:
    """Say of which recordings, besides those tested, intervals on a corpus are.

    See :meth:`mishear.evaluation.speakers.SpeakersOfTest.clusters`.
    """
    own = [split for split in splits if split.corpus == corpus]
    speakers = sum(split.test_speakers for split in own)
    if speakers == 0:
        return "recordings"
    if speakers > 1 and not any(split.known_speakers for split in own):
        return OTHER_SPEAKERS
    return "recordings of these speakers"


def covered(row: Mapping[str, Any], splits: Iterable[SplitOfCard]) -> str:
    """Say what the intervals of a row are about, see :mod:`mishear.core.statistics`."""
    recordings = _recordings(row["corpus"], splits)
    if row["seeds"] > 1:
        return f"victims and {recordings}"
    found = f"{recordings}, of this one victim"
    if row["recipe"] == TRAINED and recordings == OTHER_SPEAKERS:
        return f"{found}, if it was not trained on the speakers tested"
    return found


def _worst_case(row: Mapping[str, Any]) -> WorstCase:
    return WorstCase(
        **_named(WorstCase, row, ("domain", "norm", "budget", "seeds", "strongest")),
        eps=json_ready(row["eps"]),
        worst_accuracy=interval_of(row, "worst_accuracy", "worst"),
        attacks=row["attacks"].split(),
    )


def _certificates(inputs: Inputs) -> list[CertificateOfCard]:
    if "certificates" not in inputs:
        return []
    return [
        CertificateOfCard(
            **_named(CertificateOfCard, row, ("seed", "fold", "confidence", "radius")),
            certified_accuracy=interval_of(row, "certified_accuracy", "ci"),
        )
        for row in read_rows(CERTIFICATES, inputs["certificates"])
    ]


def _parts(kind: type[Part], table: Table, path: Path) -> list[Any]:
    return [
        kind(**{name: row[name] for name in kind.model_fields}) for row in read_rows(table, path)
    ]


def _named(kind: type[Part], row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return the columns of a row that a part of the card has under the same names."""
    names = ("corpus", "front_end", "network", "recipe", "defence", "n", *names)
    return {name: json_ready(row[name]) for name in names if name in kind.model_fields}
