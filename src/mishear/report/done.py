"""What was done: every parameter, split and version that the numbers of a study come from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from mishear.core.card.files import json_ready
from mishear.core.plugins import FAMILIES
from mishear.core.tables.corpora import INDEX
from mishear.core.tables.training import HISTORY
from mishear.core.units import FULL_SCALE, sized
from mishear.evaluation.environments import recorded_values
from mishear.features.split import Division
from mishear.report.card.parameters import every_parameter
from mishear.report.speakers import divisions_of, speakers_tested, tested_in
from mishear.report.tables import Tables
from mishear.report.versions import versions
from mishear.runtime.provenance import commit_of
from mishear.study.reported import ReportedStudy

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class DoneTable:
    """A table of text, with what is said above it."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    remark: str = ""


@dataclass(frozen=True)
class Done:
    """All that is needed to do the study again.

    Attributes
    ----------
    facts
        Date, commit, machine, versions, seeds and run times by their names.
    config
        As YAML.
    """

    facts: Mapping[str, str]
    tables: Sequence[DoneTable]
    config: str


def done(
    study: ReportedStudy, tables: Tables, summary: pd.DataFrame, inputs: Mapping[str, Path]
) -> Done:
    """Gather what was done.

    Parameters
    ----------
    study
        What the page says of the study besides its results.
    tables
        All tables of the study.
    summary
        Rows of ``summary.csv``.
    inputs
        See :func:`mishear.study.report_plan.report_inputs`.
    """
    config = study.config
    found = [
        _corpora(study, inputs),
        _front_ends(study),
        networks_table(study),
        _trainings(config),
        _attacks(study, tables),
        _poisons(config),
        _corruptions(config, tables),
        _definitions(config, "defences", "Parameters of defences", "defence"),
        _definitions(config, "detectors", "Detectors", "detector"),
        _definitions(config, "recognisers", "Speech recognisers", "recogniser"),
        _times(summary),
    ]
    return Done(
        facts=_facts(study, tables, summary, inputs),
        tables=[table for table in found if table.rows],
        config=yaml.safe_dump(json_ready(config), sort_keys=False, allow_unicode=True, width=100),
    )


def _facts(
    study: ReportedStudy, tables: Tables, summary: pd.DataFrame, inputs: Mapping[str, Path]
) -> dict[str, str]:
    commit = commit_of()
    source = "unknown: Mishear does not run from its git repository"
    if commit:
        state = "without" if commit.clean else "with"
        source = f"{commit.hash} ({commit.date[:10]}), {state} uncommitted changes"
    recorded = {
        name: "; ".join(found) for name, found in recorded_values(tables.environments).items()
    }
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return {
        "report written": written,
        "commit": source,
        "seeds": ", ".join(map(str, study.seeds)),
        **recorded,
        **_training_time(study, inputs),
        "all evaluations took": _duration(float(summary.seconds.sum())),
        "page written with": ", ".join(f"{name} {found}" for name, found in versions().items()),
    }


def _training_time(study: ReportedStudy, inputs: Mapping[str, Path]) -> dict[str, str]:
    """Say how long all trainings took; nothing where all networks were trained elsewhere."""
    if not any(place.is_trained_here for place in study.settings):
        return {}
    files = [file for key, file in inputs.items() if key.startswith("history/")]
    seconds = sum(row["seconds"] for file in files for row in HISTORY.read(file))
    return {"all trainings took": _duration(seconds)}


def _duration(seconds: float) -> str:
    """Write a time as it is read: seconds, minutes or hours."""
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def values(mapping: Mapping[str, Any]) -> str:
    """Write parameters as ``steps 40, random_start yes``."""
    return ", ".join(f"{name} {_value(found)}" for name, found in mapping.items()) or "none"


def _value(found: Any) -> str:
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, float):
        return f"{found:g}"
    if isinstance(found, list | tuple):
        return " ".join(map(_value, found)) or "none"
    if isinstance(found, Mapping):
        return f"({values(found)})"
    return "none" if found is None else str(found)


def _corpora(study: ReportedStudy, inputs: Mapping[str, Path]) -> DoneTable:
    rows = []
    for corpus in study.corpora:
        recordings = INDEX.read(inputs[f"index/{corpus}"])
        seconds = sum(row["seconds"] for row in recordings)
        names = {row["speaker"] for row in recordings} - {""}
        tested = tested_in(corpus, inputs)
        divisions = divisions_of(corpus, inputs)
        is_trained_on = any(p.is_trained_here for p in study.settings if p.corpus == corpus)
        rows.append(
            [
                corpus,
                next(place.source for place in study.settings if place.corpus == corpus),
                f"{len(recordings):,}, {_duration(seconds)}",
                str(len(names)) if names else "not named",
                *(_counts(divisions, split) for split in SPLITS),
                speakers_tested(tested, is_trained_on),
            ]
        )
    heads = ["corpus", "source", "recordings", "speakers", *SPLITS, "test speakers"]
    split = study.config.get("split", {})
    if split.get("by") == "all":
        split = {"by": "all"}
    return DoneTable("Data and split", heads, rows, f"Settings of the split: {values(split)}.")


def _counts(divisions: Sequence[Division], split: str) -> str:
    """Write the number of recordings in a split, fold by fold."""
    return ", ".join(str(len(division.rows(split))) for division in divisions)


def _front_ends(study: ReportedStudy) -> DoneTable:
    rows = [
        [name, each["class"], f"{each['sample_rate']:,} Hz", study.units.get(name) or "none"]
        + [values(each.get("params") or {})]
        for name, each in study.config.get("front_ends", {}).items()
    ]
    return DoneTable("Front ends", ["front end", "class", "rate", "unit", "parameters"], rows)


def networks_table(study: ReportedStudy) -> DoneTable:
    """Name the class of each network, and the files of those that were trained elsewhere."""
    rows = []
    for name, each in study.config.get("networks", {}).items():
        path = each.get("class") or ("none: a program" if each.get("command") else "from its file")
        rows.append([name, path, values(each.get("params") or {}), _origin(study, name, each)])
    return DoneTable("Networks", ["network", "class", "parameters", "weights"], rows)


def _origin(study: ReportedStudy, name: str, network: Mapping[str, Any]) -> str:
    """Say whether a network was trained here, or of which files it is."""
    if name not in study.weights:
        return "trained here"
    given = (network.get(key) for key in ("weights", "command", "files"))
    files = _value(next(filter(None, given), None))
    outputs = f"; labels: {_value(network['labels'])}" if network.get("labels") else ""
    return f"trained elsewhere: {files}, sha256 {study.weights[name]}{outputs}"


def _trainings(config: Mapping[str, Any]) -> DoneTable:
    rows = [
        [name, values({key: found for key, found in each.items() if key != "poison"})]
        for name, each in config.get("recipes", {}).items()
    ]
    return DoneTable("Training settings", ["recipe", "settings"], rows, "The optimiser is Adam.")


def _attacks(study: ReportedStudy, tables: Tables) -> DoneTable:
    rows = []
    for name, each in study.config.get("attacks", {}).items():
        run = tables.measurements[tables.measurements.attack == name]
        rows.append(
            [
                name,
                each["class"],
                ", ".join(sorted({str(norm) for norm in run.norm.dropna()})),
                _limits(study, run),
                str(each.get("restarts", 1)),
                str(each.get("targets") or "none"),
                values(every_parameter("attacks", each)),
            ]
        )
    heads = ["attack", "class", "norm", "limits", "restarts", "targets", "parameters"]
    return DoneTable("Parameters of attacks", heads, rows, "All parameters, defaults included.")


def _limits(study: ReportedStudy, run: pd.DataFrame) -> str:
    """Write the limits of an attack that were run, each with its unit."""
    texts = []
    for row in run.drop_duplicates(["front_end", "budget", "eps"]).itertuples():
        if row.eps == float("inf"):
            texts.append("none")
        elif row.budget == "snr":
            texts.append(f"{row.eps:g} dB SNR")
        else:
            on_sound = row.domain == "waveform"
            unit = FULL_SCALE if on_sound else study.units.get(row.front_end, "")
            texts.append(sized(row.eps, unit))
    return ", ".join(dict.fromkeys(texts)) or "not run alone"


def _poisons(config: Mapping[str, Any]) -> DoneTable:
    rows = []
    for name, each in config.get("recipes", {}).items():
        if poison := each.get("poison"):
            known = ("class", "params")
            others = {key: found for key, found in poison.items() if key not in known}
            parameters = values(every_parameter("poisons", poison))
            rows.append([name, poison["class"], values(others), parameters])
    return DoneTable("Parameters of poisons", ["recipe", "class", "settings", "parameters"], rows)


def _corruptions(config: Mapping[str, Any], tables: Tables) -> DoneTable:
    rows = []
    for name, each in config.get("corruptions", {}).items():
        run = tables.corruptions[tables.corruptions.corruption == name]
        run = run.drop_duplicates("severity").sort_values("severity")
        levels = ", ".join(f"{level:g}" for level in run.level)
        unit = run.level_unit.iloc[0] if len(run) else ""
        rows.append([name, each["class"], f"{levels} {unit}", values(each.get("params") or {})])
    return DoneTable(
        "Parameters of corruptions", ["corruption", "class", "levels", "parameters"], rows
    )


def _definitions(config: Mapping[str, Any], section: str, title: str, noun: str) -> DoneTable:
    rows = []
    for name, each in config.get(section, {}).items():
        others = {key: found for key, found in each.items() if key not in ("class", "params")}
        parameters = values(each.get("params") or {})
        # A chain of defences has no class of its own.
        path = FAMILIES[section].path(each["class"]) if "class" in each else ""
        rows.append([name, path, parameters, values(others)])
    return DoneTable(title, [noun, "class", "parameters", "other settings"], rows)


def _times(summary: pd.DataFrame) -> DoneTable:
    return DoneTable(
        "Run times",
        ["attack, poison or corruption", "evaluations", "recordings", "time in all"],
        list(_each_time(summary)),
    )


def _each_time(summary: pd.DataFrame) -> Iterator[list[str]]:
    names = summary.attack.fillna(summary.corruption)
    for name, rows in summary.groupby(names, sort=False):
        taken = _duration(float(rows.seconds.sum()))
        yield [str(name), f"{len(rows):,}", f"{int(rows.n.sum()):,}", taken]
