"""Accuracy against the L2 change allowed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.core.statistics import wilson_interval
from mishear.evaluation.results import Results as Evaluated
from mishear.evaluation.results import read_results
from mishear.features.split import read_split
from mishear.paper import printed as paper
from mishear.paper.results import Results
from mishear.report.drawing.style import (
    accuracy_axis,
    attack_styles,
    chance_line,
    drawing,
    legend_above,
    level_line,
)
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

PANEL_HEIGHT = 3.3
DASHES = ("-", "--", "-.", ":")


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    draw_distance(
        [
            {**evaluation, "results": read_results(inputs[key])}
            for key, evaluation in options["evaluations"].items()
        ],
        attacks=options["attacks"],
        classes=len(read_split(inputs["split"]).classes),
        paper_reference=options["paper_reference"],
        path=path,
    )


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    return (
        "Accuracy against the L2 size of the change allowed, for attacks that search for the "
        "smallest change: a recording counts as misclassified from the size at which the attack "
        "succeeded. Bands: 95 % Wilson intervals."
    )


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure with its main numbers."""
    texts = []
    for attack in results.attacks:
        rows = results.of_reference(attack)
        for row in rows[np.isinf(rows.eps)].itertuples():
            texts.append(
                f"{attack}: {row.accuracy:.3f} without limit, median L2 {row.median_l2:.1f} dB"
            )
    return f"Step chart of accuracy against the L2 change allowed. {'; '.join(texts)}."


def draw_distance(
    evaluations: Sequence[Mapping[str, Any]],
    attacks: Sequence[str],
    classes: int,
    paper_reference: bool,
    path: Path,
) -> None:
    """Draw accuracy against the L2 change allowed, for attacks that search for the smallest change.

    A recording counts as misclassified from the L2 distance at which the attack succeeded.

    Parameters
    ----------
    evaluations
        ``recipe``, ``attack`` and ``results`` of each evaluation.
    attacks
        The study's attacks in its order.
    classes
        Number of classes, for the accuracy of guessing.
    paper_reference
        Whether to mark the figure that the paper prints.
    path
        The SVG file.
    """
    styles = attack_styles(attacks)
    dashes = dict(zip(dict.fromkeys(e["recipe"] for e in evaluations), DASHES * 9, strict=False))
    with drawing(path, height=PANEL_HEIGHT + 0.5) as figure:
        axes = figure.subplots()
        for evaluation in evaluations:
            _draw_steps(
                axes,
                evaluation["results"],
                color=styles[evaluation["attack"]]["color"],
                linestyle=dashes[evaluation["recipe"]],
            )
        handles = _distance_handles(evaluations, styles, dashes)
        if paper_reference:
            label = f"paper, {paper.CW.short}: {paper.CW.accuracy:.2f}, no L2 given"
            handles.append(level_line(axes, paper.CW.accuracy, label))
        chance_line(axes, classes)
        axes.set_xlim(left=0)
        axes.set_xlabel("L2 change of the spectrogram, dB")
        accuracy_axis(axes, "accuracy within that change")
        legend_above(figure, handles, columns=3)


def _draw_steps(axes: Axes, results: Evaluated, **style: Any) -> None:
    n = len(results)
    broken = np.sort(np.array(results.column("l2"))[results.success])
    distances = np.array([0, *broken])
    left = results.correct_clean.sum() - np.arange(len(distances))
    limits = np.array([wilson_interval(int(count), n) for count in left])
    axes.fill_between(
        distances, *limits.T, step="post", color=style["color"], alpha=0.16, linewidth=0
    )
    axes.step(distances, left / n, where="post", **style)


def _distance_handles(
    evaluations: Sequence[Mapping[str, Any]], styles: Mapping[str, dict], dashes: Mapping[str, str]
) -> list[Line2D]:
    pairs = dict.fromkeys((e["attack"], e["recipe"]) for e in evaluations)
    return [
        Line2D(
            [],
            [],
            color=styles[attack]["color"],
            linestyle=dashes[recipe],
            label=attack if len(dashes) == 1 else f"{attack} on {recipe}",
        )
        for attack, recipe in pairs
    ]
