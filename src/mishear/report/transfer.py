"""What the page says of transfer between victims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from mishear.core.tables.transfer import TRANSFER
from mishear.evaluation.transferability.clusters import TransferMatrix, matrices, place
from mishear.report.drawing.inline import inline_svg
from mishear.report.drawing.words import limit_of
from mishear.report.figures.transfer import alternative, caption
from mishear.study.reported import ReportedStudy


@dataclass(frozen=True)
class TransferFigure:
    """A figure with its caption."""

    svg: Markup
    caption: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class TransferSection:
    """Transfer between the victims of one corpus: a sentence for each attack and eps."""

    corpus: str
    sentences: Sequence[str]
    figures: Sequence[TransferFigure]


def transfer_sections(study: ReportedStudy, inputs: Mapping[str, Path]) -> list[TransferSection]:
    """Return what the page says of transfer, by corpus; nothing in a study without it.

    Parameters
    ----------
    study
        The whole study.
    inputs
        See :func:`mishear.study.report_plan.report_inputs`.
    """
    if "transfer" not in inputs:
        return []
    table = TRANSFER.frame(inputs["transfer"])
    return [
        TransferSection(
            corpus,
            [sentence(row, matrix) for row, matrix in matrices(table[table.corpus == corpus])],
            [
                TransferFigure(
                    Markup(inline_svg(inputs[shown.figure.path], alternative(shown.figure))),
                    caption(shown.figure, study),
                    shown.files,
                )
                for shown in study.figures
                if shown.category == "Transfer" and shown.figure.corpus == corpus
            ],
        )
        for corpus in study.corpora
        if (table.corpus == corpus).any()
    ]


def sentence(row: pd.Series, matrix: TransferMatrix) -> str:
    """Say between which victims examples transfer most and least, and which group together.

    Parameters
    ----------
    row
        A row of ``transfer.csv`` that tells attack and eps.
    matrix
        The rates of that attack and eps.
    """
    name = f"{row.attack}, {limit_of(row)}: "
    rates = matrix.rates.reset_index()
    rates = rates[rates.relation != "itself"]
    if rates.empty:
        return f"{name}no other victim is judged on the examples."
    rates = rates[rates.success_rate.notna()]
    if rates.empty:
        return f"{name}no two victims classify a recording correctly when clean."
    most = rates.loc[rates.success_rate.idxmax()]
    if len(rates) == 1:
        return f"{name}examples transfer from {_pair(most)} {_rate(most)}."
    least = rates.loc[rates.success_rate.idxmin()]
    if least.success_rate == most.success_rate:
        return f"{name}the rate is {most.success_rate:.3f} for every pair.{_groups(matrix)}"
    text = f"{name}examples transfer most from {_pair(most)} {_rate(most)}"
    return f"{text} and least from {_pair(least)} {_rate(least)}.{_groups(matrix)}"


def _pair(row: pd.Series) -> str:
    if row.relation == "seeds":
        return f"{place(row, 'source')} to itself with another seed"
    return f"{place(row, 'source')} to {place(row, 'target')}"


def _rate(row: pd.Series) -> str:
    return f"({row.success_rate:.3f}, {row.success_low:.3f} to {row.success_high:.3f})"


def _groups(matrix: TransferMatrix) -> str:
    if not matrix.groups:
        return ""
    everyone = len(matrix.groups[0]) == len(matrix.targets)
    among = [", ".join(group) for group in matrix.groups]
    return (
        f" On average, more than half of the examples transfer among "
        f"{'all victims' if everyone else '; among '.join(among)}."
    )
