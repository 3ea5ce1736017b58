"""Transfer between victims: a matrix of success rates for each eps of an attack."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mishear.core.tables.transfer import TRANSFER
from mishear.evaluation.transferability.clusters import TransferMatrix, matrices
from mishear.paper.results import Results
from mishear.report.drawing.matrix import draw_rates
from mishear.report.drawing.style import SERIES, drawing
from mishear.report.drawing.words import INTERVALS_BELOW, limit_of
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

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
        f"{figure.attack}: examples computed on the victim of the row (source), evaluated on that "
        f"of the column (target). Transfer success rate. {INTERVALS_BELOW.format(over=over)} "
        "Outlined: the attack on the victim itself. Victims whose examples transfer to "
        "each other are next to each other."
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
    cells = {}
    for row, source in enumerate(sources):
        for column, target in enumerate(columns):
            found = (
                matrix.other_seed(source) if target == OTHER_SEED else matrix.cell(source, target)
            )
            if found is not None:
                cells[row, column] = found
            if source == target and found is not None:
                box = {"fill": False, "edgecolor": SERIES[1], "lw": 1.6}
                axes.add_patch(Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, **box))
    names = short_names([*sources, *targets])
    labels = [names.get(each, each) for each in columns]
    draw_rates(axes, cells, [names[each] for each in sources], labels)
    axes.set_xticks(range(len(columns)), labels, rotation=35, ha="right")
    axes.set_xlabel("target")
    axes.set_ylabel("source")
