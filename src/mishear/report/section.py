"""What the page says of one corpus, front end and network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mishear.core.plugins import FAMILIES
from mishear.core.statistics import Measured
from mishear.core.tables.libraries import PROBE
from mishear.evaluation.environments import mixture
from mishear.evaluation.measurements import measured, on_inputs, read_accuracies
from mishear.paper.claims import Verdict
from mishear.paper.comparison import Comparison, compare, corpus_note
from mishear.paper.printed import UNIT
from mishear.paper.results import Results
from mishear.paper.verdicts import verdicts
from mishear.poisoning.building import build_poison
from mishear.report.answers import Answer, answers, best, halved
from mishear.report.checks import (
    CheckedDefence,
    CheckMatrix,
    check_matrix,
    checked_defences,
    masking,
    paper_attack_remark,
)
from mishear.report.corruptions import CorruptionSection, corruption_section
from mishear.report.defences import (
    DefenceTable,
    best_defence,
    claimed_accuracies,
    defence_tables,
)
from mishear.report.detections import DetectionRow, detection_rows
from mishear.report.listening import ListeningSection, listening_section
from mishear.report.shown import ShownFigure, shown_figures
from mishear.report.speakers import SpeakerTable, remark, speaker_table, tested_in
from mishear.report.tables import Tables
from mishear.report.targeted import targeted_sentences
from mishear.study.black_boxes import is_black_box
from mishear.study.reported import ReportedSetting, ReportedStudy


@dataclass(frozen=True)
class Part:
    """A part of a section: its template and its link in the navigation."""

    name: str
    title: str


@dataclass(frozen=True)
class Section:
    """All that the page says of one corpus, front end and network.

    Attributes
    ----------
    id
        Its anchor.
    label
        What tells it from the other sections, see
        :meth:`mishear.study.reported.ReportedStudy.label`.
    unit
        Of the network's inputs.
    note
        How its corpus relates to the paper's; empty where the paper is not referred to.
    headline
        How robust the reference victims are, in a few sentences.
    accuracies
        Of the reference recipe on clean recordings, by split.
    speakers
        How many are tested, and whether they are also in the training.
    checks
        Of the undefended reference victim.
    unchecked
        Attacks that no check was run on.
    checked_defences
        The checks of all other victims.
    claims, probe
        The paper's claims on defences, and what other libraries did; empty where they were not
        tried.
    """

    id: str
    label: str
    setting: ReportedSetting
    unit: str
    note: str
    headline: str
    mixture: str
    answers: Sequence[Answer]
    accuracies: Mapping[str, Measured]
    speakers: str
    by_speaker: SpeakerTable | None
    figures: Sequence[ShownFigure]
    targeted: Sequence[str]
    comparisons: Sequence[Comparison]
    corruptions: CorruptionSection | None
    defences: Sequence[DefenceTable]
    checks: CheckMatrix
    unchecked: Sequence[str]
    checked_defences: Sequence[CheckedDefence]
    paper_attack: str
    claims: Sequence[Verdict]
    probe: Sequence[Mapping[str, Any]]
    detections: Sequence[DetectionRow]
    listening: ListeningSection | None

    @property
    def name(self) -> str:
        return ", ".join(self.setting.names.values())

    @property
    def victims(self) -> str:
        """The reference victims, in words."""
        if not self.setting.is_trained_here:
            return "the network as trained elsewhere"
        return f"the victims of recipe {self.setting.reference}"

    @property
    def victim(self) -> str:
        """One of the reference victims, in words."""
        return self.victims.replace("victims", "victim")

    @property
    def parts(self) -> list[Part]:
        """The parts that there is something to say in, in the order of the page."""
        drawn = {figure.category for figure in self.figures}
        shown = {
            "clean": self.accuracies or self.by_speaker,
            "corruptions": self.corruptions is not None,
            "attacks": "Attacks" in drawn,
            "inputs": "Inputs" in drawn,
            "defences": "Defences" in drawn or self.defences or self.claims,
            "certified": "Certified" in drawn,
            "checks": self.checks.rows or self.checked_defences,
            "poisoning": "Poisoning" in drawn,
            "listening": self.listening is not None,
            "training": "Training" in drawn,
            "paper": self.comparisons,
        }
        return [Part(name, name.capitalize()) for name, wanted in shown.items() if wanted]


def build_section(
    study: ReportedStudy,
    setting: ReportedSetting,
    tables: Tables,
    inputs: Mapping[str, Path],
    headline: str,
) -> Section:
    """Gather what the page says of one setting.

    Parameters
    ----------
    study
        The whole study.
    setting
        One of its settings.
    tables
        The rows of that setting.
    inputs
        See :func:`mishear.study.report_plan.report_inputs`.
    headline
        See :func:`mishear.report.headline.headline`.
    """
    results = _results(study, setting, tables, inputs)
    reference, eps = setting.reference, setting.shown_eps
    masks = masking(tables.checks, reference)
    matrix = check_matrix(tables.checks, reference, "none")
    claims, probe = _other_libraries(study, setting, results, inputs)
    with_paper = _is_compared(study, setting, results)
    return Section(
        id=f"victim{study.settings.index(setting)}",
        label=study.label(setting),
        setting=setting,
        unit=results.unit,
        note=corpus_note(results) if with_paper else "",
        headline=headline,
        mixture=mixture(tables.environments),
        answers=_answers(study, setting, results, tables, masks),
        accuracies=results.accuracies,
        speakers=remark(tested_in(setting.corpus, inputs), setting.is_trained_here),
        by_speaker=speaker_table(tables.by_speaker, reference, eps, results.unit),
        figures=shown_figures(study, setting, results, inputs),
        targeted=targeted_sentences(tables.targeted, reference),
        comparisons=compare(results) if with_paper else [],
        corruptions=corruption_section(tables, reference, study.white_noises),
        defences=_defences(study, setting, tables, masks),
        checks=matrix,
        unchecked=_unchecked(study, matrix),
        checked_defences=checked_defences(tables.checks, reference, masks),
        paper_attack=paper_attack_remark(tables.checks, reference, study.attacks, results.unit),
        claims=claims,
        probe=probe,
        detections=_detections(tables),
        listening=_listening(tables, reference),
    )


def _unchecked(study: ReportedStudy, matrix: CheckMatrix) -> list[str]:
    checked = {row.attack for row in matrix.rows}
    return [attack for attack in study.attacks if attack not in checked]


def _black_boxes(study: ReportedStudy) -> set[str]:
    """Return the names of the attacks that use no gradient."""
    return {
        name
        for name, attack in study.attacks.items()
        if is_black_box(FAMILIES["attacks"].path(attack.class_), attack.params)
    }


def _results(
    study: ReportedStudy, setting: ReportedSetting, tables: Tables, inputs: Mapping[str, Path]
) -> Results:
    here = f"accuracy/{setting.path}/"
    accuracies = [file for key, file in inputs.items() if key.startswith(here)]
    found = read_accuracies(accuracies) if accuracies else {}
    if not setting.is_trained_here:
        # Which recordings such a network was trained on is not known.
        found = {split: value for split, value in found.items() if split == "test"}
    table = tables.on_inputs
    tested = tables.measurements
    tested = tested[(tested.recipe == setting.reference) & (tested.defence == "none")]
    if found and len(tested):
        # The rows per recording say more than the counts that the training left.
        found["test"] = measured(next(tested.itertuples()), clean=True)
    return Results(
        table=table,
        accuracies=found,
        reference=setting.reference,
        attacks=study.attacks,
        source=setting.source,
        corpus=setting.corpus,
        poisons={name: build_poison(found) for name, found in study.poisons.items()},
        unit=study.units[setting.front_end],
    )


def _answers(
    study: ReportedStudy,
    setting: ReportedSetting,
    results: Results,
    tables: Tables,
    masks: set[tuple[str, str]],
) -> list[Answer]:
    eps = setting.shown_eps
    found = list(answers(results, tables.smallest_change, eps))
    if tables.listening is not None:
        found.append(halved(tables.listening.halves, results.reference, study.waveform_attacks))
    row = best_defence(on_inputs(tables.robustness), results.reference, masks, eps)
    found.append(best(row, masks, results.unit, study.attacks))
    return [answer for answer in found if answer is not None]


def _is_compared(study: ReportedStudy, setting: ReportedSetting, results: Results) -> bool:
    """Return whether the paper's numbers stand beside those of a setting."""
    return study.paper_reference and setting.is_trained_here and results.unit == UNIT


def _defences(
    study: ReportedStudy,
    setting: ReportedSetting,
    tables: Tables,
    masks: set[tuple[str, str]],
) -> list[DefenceTable]:
    cases, boxes = on_inputs(tables.robustness), _black_boxes(study)
    return defence_tables(cases, tables.on_inputs, masks, setting.shown_eps, boxes)


def _listening(tables: Tables, reference: str | None) -> ListeningSection | None:
    return tables.listening and listening_section(tables.measurements, tables.listening, reference)


def _detections(tables: Tables) -> list[DetectionRow]:
    if tables.detections is None or tables.detections.empty:
        return []
    return detection_rows(tables.detections, tables.on_inputs)


def _other_libraries(
    study: ReportedStudy, setting: ReportedSetting, results: Results, inputs: Mapping[str, Path]
) -> tuple[list[Verdict], list[dict[str, Any]]]:
    """Return the verdicts on the paper's claims, and what ART and advertorch did."""
    file = inputs.get(f"probe/{setting.path}")
    if file is None:
        return [], []
    probe = PROBE.frame(file)
    accuracies = claimed_accuracies(results.table, results.reference, study.libraries)
    return verdicts(probe, accuracies), probe.fillna("").to_dict("records")
