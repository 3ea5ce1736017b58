"""The report: one self-contained page written from the tables and the figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mishear.core.card.parts import RequirementOfCard
from mishear.core.files import atomic_path
from mishear.core.tables.corpora import INDEX, REJECTED
from mishear.core.tables.evaluation import SUMMARY
from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.corpora.conspicuous import Conspicuous, conspicuous
from mishear.evaluation.environments import recorded_values
from mishear.evaluation.measurements import on_inputs
from mishear.features.bounds import read_unit
from mishear.features.rates import upsampling
from mishear.report.card.rows import read_rows
from mishear.report.checks import masking
from mishear.report.defences import best_defence
from mishear.report.environment import environment
from mishear.report.headline import Standing, compared
from mishear.report.numbers import numbers_table
from mishear.report.overview import overview
from mishear.report.requirements import judge
from mishear.report.section import build_section
from mishear.report.speakers import divisions_of
from mishear.report.tables import Tables, read_tables
from mishear.report.transfer import transfer_sections
from mishear.report.versions import versions
from mishear.study.reported import ReportedSetting, ReportedStudy

REJECTED_SHOWN = 5


@dataclass(frozen=True)
class RejectedRecordings:
    """The recordings of a corpus that were left out: how many, the first, and where all are."""

    corpus: str
    file: Path
    count: int
    first: Sequence[Mapping[str, str]]


def write_report(study: ReportedStudy, inputs: Mapping[str, Path], path: Path) -> None:
    """Write the page.

    Parameters
    ----------
    study
        What the page says of the study besides its results.
    inputs
        Files by their keys, see :func:`mishear.study.report_plan.report_inputs`.
    path
        The HTML file.
    """
    study = replace(study, units=_units(study, inputs))
    summary = SUMMARY.frame(inputs["summary"])
    tables = read_tables(inputs)
    headlines = compared(
        {place.path: _standing(study, place, tables, inputs) for place in study.settings}
    )
    page = (
        environment()
        .get_template("report.html.j2")
        .render(
            study=study,
            several=len(study.settings) > 1,
            sections=[
                build_section(study, setting, tables.of(setting), inputs, headlines[setting.path])
                for setting in study.settings
            ],
            overview=overview(study, tables),
            transfers=transfer_sections(study, inputs),
            table=numbers_table(summary),
            requirements=_judged(study, inputs),
            conspicuous={name: _conspicuous(study, name, inputs) for name in study.corpora},
            rejected=[_rejected(name, inputs[f"rejected/{name}"]) for name in study.corpora],
            upsampled=_upsampled(study, inputs),
            recorded=recorded_values(tables.environments),
            seconds=float(summary.seconds.sum()),
            versions=versions(),
        )
    )
    with atomic_path(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _upsampled(study: ReportedStudy, inputs: Mapping[str, Path]) -> list[str]:
    """Say of each corpus and front end if recordings are resampled to a higher rate."""
    places = dict.fromkeys((setting.corpus, setting.front_end) for setting in study.settings)
    found = [
        (corpus, upsampling(inputs[f"index/{corpus}"], front_end, study.sample_rates[front_end]))
        for corpus, front_end in places
    ]
    return [f"Corpus {corpus}: {notice}" for corpus, notice in found if notice]


def _conspicuous(
    study: ReportedStudy, corpus: str, inputs: Mapping[str, Path]
) -> list[Conspicuous]:
    front_ends = dict.fromkeys(
        setting.front_end for setting in study.settings if setting.corpus == corpus
    )
    lengths = {name: study.lengths[name] for name in front_ends if name in study.lengths}
    return conspicuous(INDEX.read(inputs[f"index/{corpus}"]), lengths)


def _units(study: ReportedStudy, inputs: Mapping[str, Path]) -> dict[str, str]:
    front_ends = dict.fromkeys(setting.front_end for setting in study.settings)
    return {name: read_unit(inputs[f"unit/{name}"]) for name in front_ends}


def _standing(
    study: ReportedStudy, setting: ReportedSetting, tables: Tables, inputs: Mapping[str, Path]
) -> Standing:
    own = tables.of(setting)
    masks = masking(own.checks, setting.reference)
    best = best_defence(on_inputs(own.robustness), setting.reference, masks, study.gallery_eps)
    return Standing(
        ", ".join(setting.names.values()),
        setting.reference,
        len(divisions_of(setting.corpus, inputs)[0].classes),
        setting.front_end,
        study.units[setting.front_end],
        own.measurements,
        own.robustness,
        own.checks,
        best,
        best is not None and (best.recipe, best.defence) in masks,
    )


def _judged(study: ReportedStudy, inputs: Mapping[str, Path]) -> list[RequirementOfCard]:
    if not study.requirements:
        return []
    rows = read_rows(SUMMARY_OVER_SEEDS, inputs["summary_over_seeds"])
    return judge(study.requirements, rows)


def _rejected(corpus: str, file: Path) -> RejectedRecordings:
    rows = REJECTED.read(file)
    return RejectedRecordings(corpus, file, len(rows), rows[:REJECTED_SHOWN])
