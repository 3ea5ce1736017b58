"""Loss and accuracy over the epochs of every victim's training."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from mishear.core.errors import UserError
from mishear.core.tables.base import AGAIN
from mishear.core.tables.training import HISTORY
from mishear.core.units import sized
from mishear.features.bounds import read_unit
from mishear.paper.results import Results
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.media import is_printed, points
from mishear.report.drawing.style import (
    INK,
    MUTED,
    RATES,
    accuracy_axis,
    drawing,
    rate_colours,
)
from mishear.study.figure_types import Figure
from mishear.study.paths import number_name
from mishear.study.reported import ReportedStudy

ROW_HEIGHT = 1.7
SMALLEST_LOSS = 1e-4
NARROW_RANGE, WIDE_RANGE = 6, 300
"""Of the largest over the smallest loss: below it ticks are evenly spaced, or one for each ten."""


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    draw_training(
        [(victim, _epochs(inputs[key])) for key, victim in options["victims"].items()],
        read_unit(inputs["unit"]),
        path,
    )


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    return (
        "Loss and accuracy of every victim by epoch, except those retrained on what a detector "
        "kept. Training curves are running means over the inputs of the training, which include "
        "poison, noise and adversarial inputs; validation recordings are always clean."
    )


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return "Line charts of loss and accuracy by epoch, a row for each training."


def _epochs(path: Path) -> pd.DataFrame:
    """Read the table of a training's epochs, which must be all there."""
    history = HISTORY.frame(path)
    if history.epoch.tolist() != list(range(1, len(history) + 1)):
        raise UserError(f"{path} lacks an epoch. {AGAIN}")
    return history


def draw_training(
    trained: Sequence[tuple[Mapping[str, Any], pd.DataFrame]], unit: str, path: Path
) -> None:
    """Draw a row of panels for each training; those that differ in the poisoning rate share one.

    Loss is on the left, accuracy on the right.

    Parameters
    ----------
    trained
        ``recipe``, ``amplitude``, ``rate``, ``eps``, ``sigma`` and ``seed`` of each victim, with
        the table of its epochs.
    unit
        Of the network's inputs.
    path
        The SVG file.
    """
    groups: dict[str, list] = {}
    for victim, history in trained:
        groups.setdefault(_title(victim, unit), []).append((victim, history))
    colours = _colours([victim for victim, _ in trained])
    with drawing(path, height=ROW_HEIGHT * len(groups) + 1.1, width=6.4) as figure:
        grid = figure.subplots(len(groups), 2, sharex=True, squeeze=False)
        for (loss, accuracy), (title, members) in zip(grid, groups.items(), strict=True):
            for victim, history in members:
                colour = colours[victim["recipe"]].get(victim["rate"], INK)
                _draw_victim(loss, accuracy, history, colour)
            _loss_axis(loss, [history for _, history in members])
            loss.set_title(title)
            accuracy_axis(accuracy)
        for axes in grid[-1]:
            axes.set_xlabel("epoch")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5 if is_printed() else 8))
        legend_above(figure, _handles(colours), columns=3)


def _colours(victims: Sequence[Mapping[str, Any]]) -> dict[str, dict[float, str]]:
    """Return the colour of each poisoning rate of each recipe.

    A rate has the same colour in all recipes, unless there are more rates than colours.
    """
    rates: dict[str, set[float]] = {}
    for victim in victims:
        of_recipe = rates.setdefault(victim["recipe"], set())
        if victim["rate"] is not None:
            of_recipe.add(victim["rate"])
    every = set().union(*rates.values())
    common = len(every) <= len(RATES)
    return {
        recipe: rate_colours(list(every if common else of_recipe)) if of_recipe else {}
        for recipe, of_recipe in rates.items()
    }


def _loss_axis(axes: Axes, histories: Sequence[pd.DataFrame]) -> None:
    """Set a logarithmic axis with plain numbers, as many as fit the range of the losses."""
    losses = pd.concat([history[["train_loss", "validation_loss"]] for history in histories])
    losses = losses.clip(lower=SMALLEST_LOSS)
    span = losses.max(axis=None) / losses.min(axis=None)
    axes.set_yscale("log")
    if span < NARROW_RANGE:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    else:
        subs = (1,) if span > WIDE_RANGE else (1, 3)
        axes.yaxis.set_major_locator(LogLocator(subs=subs, numticks=5))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel("loss")


def _title(victim: Mapping[str, Any], unit: str) -> str:
    units = {"amplitude": "", "eps": unit, "sigma": unit}
    swept = [
        f"{key} {sized(number_name(victim[key]), of_key)}"
        for key, of_key in units.items()
        if victim[key] is not None
    ]
    return ", ".join([victim["recipe"], *swept])


def _draw_victim(loss: Axes, accuracy: Axes, history: pd.DataFrame, colour: str) -> None:
    for axes, quantity in ((loss, "loss"), (accuracy, "accuracy")):
        for split, dashes in (("train", "-"), ("validation", (0, (3, 1.5)))):
            values = history[f"{split}_{quantity}"]
            if quantity == "loss":
                values = values.clip(lower=SMALLEST_LOSS)
            axes.plot(
                history.epoch,
                values,
                color=colour,
                linestyle=dashes,
                linewidth=1.4,
                marker="o" if split == "train" else "s",
                markersize=points(2.8),
            )


def _handles(colours: Mapping[str, Mapping[float, str]]) -> list[Line2D]:
    kinds = [
        Line2D(
            [], [], color=MUTED, marker="o", markersize=points(3), label="train (as trained on)"
        ),
        Line2D(
            [],
            [],
            color=MUTED,
            marker="s",
            markersize=points(3),
            linestyle=(0, (3, 1.5)),
            label="validation (clean)",
        ),
    ]
    poisoned = [of_recipe for of_recipe in colours.values() if of_recipe]
    if not poisoned:
        return kinds
    if all(of_recipe == poisoned[0] for of_recipe in poisoned):
        names = {f"{rate * 100:g} % poisoned": poisoned[0][rate] for rate in sorted(poisoned[0])}
    else:
        names = {"lowest poisoning rate": RATES[0], "highest poisoning rate": RATES[-1]}
    names = {"no poison": INK, **names}
    return kinds + [
        Line2D([], [], color=colour, linewidth=3, label=name) for name, colour in names.items()
    ]
