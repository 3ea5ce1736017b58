"""Transfer between victims: a matrix of success rates for each eps of an attack."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mishear.core.tables.transfer import TRANSFER
from mishear.evaluation.transferability.clusters import TransferMatrix, matrices
from mishear.paper.results import Results
from mishear.report.drawing.style import SERIES, drawing
from mishear.report.drawing.words import limit_of
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

# Inside the cells the colours must not follow the reader's colour scheme.
DARK_TEXT, LIGHT_TEXT = "#101418", "#ffffff"
ROW_HEIGHT = 0.5
"""Inches."""
OTHER_SEED = "itself, another seed"


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    table = TRANSFER.frame(inputs["transfer"])
    table = table[(table.corpus == figure.corpus) & (table.attack == figure.attack)]
    draw_matrices(matrices(table), path)


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    over = "pairs of victims and recordings" if len(study.seeds) > 1 else "recordings of each pair"
    return (
        f"{figure.attack}: examples made on the victim of the row, judged on that of the column. "
        "Transfer success rate: of the recordings that both classify correctly when clean, the "
        f"fraction misclassified as examples, with its 95 % interval over {over}. Outlined: the "
        "attack on the victim itself. Victims that mislead each other stand together."
    )


def alternative(figure: Figure, results: Results | None = None) -> str:
    """Describe the figure."""
    return f"Matrices of transfer success rates under {figure.attack}, source by target."


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return the names of victims without the parts that all of them share."""
    parts = [name.split("/") for name in names]
    telling = [place for place, values in enumerate(zip(*parts, strict=True)) if len({*values}) > 1]
    return {
        name: "/".join(each[place] for place in telling) or name
        for name, each in zip(names, parts, strict=True)
    }


def draw_matrices(found: Sequence[tuple[pd.Series, TransferMatrix]], path: Path) -> None:
    """Draw a matrix for each eps.

    Parameters
    ----------
    found
        A row of ``transfer.csv`` that tells the eps, and the matrix at it.
    path
        The SVG file.
    """
    _, first = found[0]
    labels = max(map(len, short_names(first.targets).values())) * 0.06
    height = ROW_HEIGHT * len(first.sources) + labels + 0.8
    with drawing(path, height=height * len(found), width=9.4) as figure:
        grid = figure.subplots(len(found), squeeze=False)[:, 0]
        for axes, (row, matrix) in zip(grid, found, strict=True):
            _draw_matrix(axes, matrix)
            axes.set_title(f"{row.attack}, {limit_of(row)}")


def _draw_matrix(axes: Axes, matrix: TransferMatrix) -> None:
    sources, targets = matrix.sources, list(matrix.targets)
    columns = targets + ([OTHER_SEED] if matrix.between_seeds else [])
    rates = np.full((len(sources), len(columns)), np.nan)
    for (row, source), (column, target) in (
        (a, b) for a in enumerate(sources) for b in enumerate(columns)
    ):
        cell = matrix.cell(source, target) if target != OTHER_SEED else matrix.other_seed(source)
        if cell is None:
            continue
        rates[row, column] = cell.success_rate
        colour = LIGHT_TEXT if cell.success_rate > 0.55 else DARK_TEXT
        text = f"{cell.success_rate:.2f}\n{cell.success_low:.2f} to {cell.success_high:.2f}"
        size = 7.5 if len(columns) < 10 else 6
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
        if source == target:
            box = {"fill": False, "edgecolor": SERIES[1], "lw": 1.6}
            axes.add_patch(Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, **box))
    axes.imshow(rates, cmap="Blues", vmin=0, vmax=1, interpolation="none", aspect="auto")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    names = short_names([*sources, *targets])
    axes.set_xticks(
        range(len(columns)), [names.get(each, each) for each in columns], rotation=35, ha="right"
    )
    axes.set_yticks(range(len(sources)), [names[each] for each in sources])
    axes.tick_params(length=0, labelsize=8.5)
    axes.set_xlabel("judged on")
    axes.set_ylabel("made on")
