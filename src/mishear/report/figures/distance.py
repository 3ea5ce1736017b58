"""Accuracy against the L2 change allowed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.core.statistics import over_victims
from mishear.core.units import labelled, sized
from mishear.evaluation.results import Results as Evaluated
from mishear.evaluation.results import joined, read_results
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.features.bounds import read_unit
from mishear.features.split import read_split
from mishear.paper import printed as paper
from mishear.paper.results import Results
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.style import (
    DASHES,
    INK,
    NARROW,
    accuracy_axis,
    attack_styles,
    chance_line,
    drawing,
    level_line,
)
from mishear.report.drawing.words import intervals
from mishear.report.speakers import tested_in
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

PANEL_HEIGHT = 3.3
LEAST = "smallest of all"
BAND_POINTS = 200
"""At how many changes the interval is computed, at most."""


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    unit = read_unit(inputs["unit"])
    draw_distance(
        _of_seeds(options["evaluations"], inputs),
        tested_in(figure.corpus, inputs),
        attacks=options["attacks"],
        classes=len(read_split(inputs["split"]).classes),
        paper_reference=options["paper_reference"] and unit == paper.UNIT,
        unit=unit,
        path=path,
    )


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    seeds = len(study.seeds_of(figure))
    text = (
        "Accuracy against the L2 size of the change allowed, for attacks that search for the "
        "smallest change: a recording counts as misclassified from the size at which the attack "
        "succeeded. Each line is an upper bound of the change that is needed. Where there are "
        "several attacks, the darkest line is the smallest change that any of them found. "
        f"{intervals(seeds)}"
    )
    return f"{text} Thin lines: the single seeds." if seeds > 1 else text


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure with its main numbers."""
    texts = []
    for attack in results.attacks:
        rows = results.of_reference(attack)
        for row in rows[np.isinf(rows.eps)].itertuples():
            texts.append(
                f"{attack}: {row.accuracy:.3f} without limit, median L2 "
                f"{sized(f'{row.median_l2:.3g}', results.unit)}"
            )
    return f"Step chart of accuracy against the L2 change allowed. {'; '.join(texts)}."


def draw_distance(
    evaluations: Sequence[Mapping[str, Any]],
    speakers: SpeakersOfTest,
    attacks: Sequence[str],
    classes: int,
    paper_reference: bool,
    unit: str,
    path: Path,
) -> None:
    """Draw accuracy against the L2 change allowed, for attacks that search for the smallest change.

    A recording counts as misclassified from the L2 distance at which the attack succeeded. Where
    there are several attacks, the smallest change that any of them found is drawn as well.

    Parameters
    ----------
    evaluations
        ``recipe``, ``seed``, ``attack`` and ``results`` of each evaluation, those of a seed's folds
        pooled.
    speakers
        Who is tested.
    attacks
        The study's attacks in its order.
    classes
        Number of classes, for the accuracy of guessing.
    paper_reference
        Whether to mark the figure that the paper prints.
    unit
        Of the network's inputs.
    path
        The SVG file.
    """
    styles = attack_styles(attacks)
    dashes = dict(zip(dict.fromkeys(e["recipe"] for e in evaluations), DASHES * 9, strict=False))
    with drawing(path, height=PANEL_HEIGHT + 0.5, width=NARROW) as figure:
        axes = figure.subplots()
        changes = _changes(evaluations)
        clusters = speakers.clusters(np.sort(evaluations[0]["results"].column("recording")))
        for (attack, recipe), lost in changes.items():
            style = _style(styles[attack], dashes, recipe)
            _draw_steps(axes, lost, clusters, style)
        handles = _distance_handles(evaluations, styles, dashes)
        for recipe, found in _least(changes).items():
            style = {"color": INK, "linestyle": dashes[recipe]}
            _draw_steps(axes, found, clusters, style)
            label = LEAST if len(dashes) == 1 else f"{LEAST} on {recipe}"
            handles.append(Line2D([], [], label=label, **style))
        if paper_reference:
            label = f"paper, {paper.CW.short}: {paper.CW.accuracy:.2f}, no L2 given"
            handles.append(level_line(axes, paper.CW.accuracy, label))
        chance_line(axes, classes)
        axes.set_xlim(left=0)
        axes.set_xlabel(labelled("L2 change of the input", unit))
        accuracy_axis(axes, "accuracy within that change")
        legend_above(figure, handles, columns=3)


def _changes(evaluations: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], np.ndarray]:
    """Return by attack and recipe the change from which each recording is misclassified.

    Shape (victims, recordings), the victims in the order of their seeds.
    """
    groups: dict[tuple[str, str], list[np.ndarray]] = {}
    names = np.unique(
        [name for each in evaluations for name in each["results"].column("recording")]
    )
    for each in sorted(evaluations, key=lambda each: each["seed"]):
        lost = _lost(each["results"].of(names))
        groups.setdefault((each["attack"], each["recipe"]), []).append(lost)
    return {place: np.array(lost) for place, lost in groups.items()}


def _least(changes: Mapping[tuple[str, str], np.ndarray]) -> dict[str, np.ndarray]:
    """Return for each recipe under several attacks the least change that any of them found."""
    groups: dict[str, list[np.ndarray]] = {}
    for (_, recipe), lost in changes.items():
        groups.setdefault(recipe, []).append(lost)
    return {recipe: np.min(lost, axis=0) for recipe, lost in groups.items() if len(lost) > 1}


def _of_seeds(
    evaluations: Mapping[str, Mapping[str, Any]], inputs: Mapping[str, Path]
) -> list[dict[str, Any]]:
    """Read the evaluations, those of a seed's folds as one."""
    parts: dict[tuple, list[Evaluated]] = {}
    for key, found in evaluations.items():
        place = (found["recipe"], found["attack"], found["seed"])
        parts.setdefault(place, []).append(read_results(inputs[key]))
    return [
        {"recipe": recipe, "attack": attack, "seed": seed, "results": joined(read)}
        for (recipe, attack, seed), read in parts.items()
    ]


def _draw_steps(
    axes: Axes, lost: np.ndarray, speakers: np.ndarray | None, style: dict[str, str]
) -> None:
    """Draw the mean over some victims with the band of its interval, and each of several."""
    distances = np.unique([0.0, *lost[np.isfinite(lost) & (lost > 0)]])
    left = np.array([(lost > distance).mean(1) for distance in distances])
    shown = np.unique(np.linspace(0, len(distances) - 1, BAND_POINTS).round().astype(int))
    limits = np.array([over_victims(lost > distances[each], speakers)[1:] for each in shown])
    axes.fill_between(
        distances[shown], *limits.T, step="post", color=style["color"], alpha=0.16, linewidth=0
    )
    axes.step(distances, left.mean(1), where="post", **style)
    for of_victim in left.T if len(lost) > 1 else ():
        axes.step(distances, of_victim, where="post", color=style["color"], lw=0.6, alpha=0.7)


def _style(
    style: Mapping[str, str], dashes: Mapping[str, str], recipe: str
) -> dict[str, str | float]:
    """Return colour and marker of an attack, with dashes of its own or, of several, the recipe."""
    own = style["linestyle"] if len(dashes) == 1 else dashes[recipe]
    return {**style, "linestyle": own, "markevery": 0.12}


def _lost(results: Evaluated) -> np.ndarray:
    """Return the change from which each recording is misclassified; infinite for never."""
    lost = np.where(results.success, np.array(results.column("l2"), dtype=float), np.inf)
    return np.where(results.correct_clean, lost, -np.inf)


def _distance_handles(
    evaluations: Sequence[Mapping[str, Any]], styles: Mapping[str, dict], dashes: Mapping[str, str]
) -> list[Line2D]:
    pairs = dict.fromkeys((e["attack"], e["recipe"]) for e in evaluations)
    return [
        Line2D(
            [],
            [],
            **_style(styles[attack], dashes, recipe),
            label=attack if len(dashes) == 1 else f"{attack} on {recipe}",
        )
        for attack, recipe in pairs
    ]
