"""The report: self-contained pages written from the tables and the figures.

It is one page or, in a study of many settings, a page for each of them beside the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mishear import __version__
from mishear.core.card.parts import RequirementOfCard
from mishear.core.files import atomic_path
from mishear.core.tables.corpora import INDEX, REJECTED
from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.corpora.conspicuous import Conspicuous, conspicuous
from mishear.evaluation.measurements import on_inputs, read_summary
from mishear.features.bounds import read_unit
from mishear.features.rates import approximated, upsampling
from mishear.report.answers import Answer
from mishear.report.card.rows import read_rows
from mishear.report.checks import masking
from mishear.report.defences import best_defence
from mishear.report.done import done
from mishear.report.environment import environment
from mishear.report.files import files_beside
from mishear.report.headline import compared
from mishear.report.numbers import numbers_table
from mishear.report.opening import opening
from mishear.report.overview import overview
from mishear.report.requirements import judge
from mishear.report.section import Section, build_section
from mishear.report.speakers import divisions_of
from mishear.report.standing import Standing
from mishear.report.tables import Tables, read_tables
from mishear.report.transfer import transfer_sections
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
    """Write the report.

    Parameters
    ----------
    study
        What the page says of the study besides its results.
    inputs
        Files by their keys, see :func:`mishear.study.report_plan.report_inputs`.
    path
        The first page. Those of settings are below its folder, see
        :attr:`mishear.study.reported.ReportedSetting.page`.
    """
    study = replace(study, units=_units(study, inputs))
    tables = read_tables(inputs)
    found = overview(study, tables)
    headlines = compared(
        {place.path: _standing(study, place, tables, inputs) for place in study.settings}
    )
    sections = [
        build_section(study, setting, tables.of(setting), inputs, headlines[setting.path])
        for setting in study.settings
    ]
    shared = {
        "study": study,
        "several": len(sections) > 1,
        "paged": study.is_paged,
        "version": __version__,
    }
    summary = read_summary(inputs["summary"])
    content = {
        "sections": sections,
        "links": _links(study, sections),
        "opening": opening(study, tables, found, inputs, headlines, _of_poisons(sections)),
        "overview": found,
        "transfers": transfer_sections(study, inputs),
        "table": numbers_table(summary),
        "done": done(study, tables, summary, inputs),
        "requirements": _judged(study, inputs),
        "conspicuous": {name: _conspicuous(study, name, inputs) for name in study.corpora},
        "rejected": [_rejected(name, inputs[f"rejected/{name}"]) for name in study.corpora],
        "upsampled": _upsampled(study, inputs),
        "files_beside": files_beside(study),
    }
    _write("report.html.j2", shared | content | {"root": ""}, path)
    for section in sections if study.is_paged else ():
        page = path.parent / section.setting.page
        root = "../" * section.setting.page.count("/")
        page.parent.mkdir(parents=True, exist_ok=True)
        _write("victim.html.j2", shared | {"section": section, "root": root}, page)


def _write(template: str, content: Mapping[str, Any], path: Path) -> None:
    page = environment().get_template(template).render(**content)
    with atomic_path(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _of_poisons(sections: Sequence[Section]) -> list[Answer]:
    """Return what poisons did to the only setting of a study; nothing if there are several."""
    found = sections[0].answers if len(sections) == 1 else ()
    return [answer for answer in found if "Poison" in answer.threat]


def _links(study: ReportedStudy, sections: Sequence[Section]) -> dict[str, str]:
    """Return where the report says more of each setting, by its path."""
    return {
        section.setting.path: section.setting.page if study.is_paged else f"#{section.id}"
        for section in sections
    }


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
    rows, rates = INDEX.read(inputs[f"index/{corpus}"]), study.sample_rates
    return [
        *conspicuous(rows, lengths),
        *approximated(rows, {name: rates[name] for name in front_ends if name in rates}),
    ]


def _units(study: ReportedStudy, inputs: Mapping[str, Path]) -> dict[str, str]:
    front_ends = dict.fromkeys(setting.front_end for setting in study.settings)
    return {name: read_unit(inputs[f"unit/{name}"]) for name in front_ends}


def _standing(
    study: ReportedStudy, setting: ReportedSetting, tables: Tables, inputs: Mapping[str, Path]
) -> Standing:
    own = tables.of(setting)
    masks = masking(own.checks, setting.reference)
    best = best_defence(on_inputs(own.robustness), setting.reference, masks, setting.shown_eps)
    return Standing(
        study.label(setting),
        setting.reference,
        len(divisions_of(setting.corpus, inputs)[0].classes),
        setting.front_end,
        study.units[setting.front_end],
        own.measurements,
        own.corruptions,
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
