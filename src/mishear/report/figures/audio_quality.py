"""Recognition and quality of noisy recordings against the amplitude of the noise."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mishear.core.tables.listening_over_seeds import AUDIO_QUALITY_OVER_SEEDS
from mishear.evaluation.measurements import (
    of_setting,
    read_attacked,
    sounds_of_setting,
)
from mishear.features.split import read_split
from mishear.paper.results import Results
from mishear.report.drawing.legends import legend_above
from mishear.report.drawing.style import (
    INK,
    SERIES,
    accuracy_axis,
    accuracy_band,
    chance_line,
    drawing,
    shifts,
)
from mishear.report.drawing.words import BOTH, SPREAD, intervals
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedStudy

PESQ_RANGE = (1, 4.64)


def draw(
    figure: Figure, inputs: Mapping[str, Path], options: Mapping[str, Any], path: Path
) -> None:
    """Draw the figure, see :mod:`mishear.report.figures`."""
    summary = of_setting(read_attacked(inputs["summary_over_seeds"]), figure.setting)
    draw_audio_quality(
        summary[(summary.defence == "none") & summary.detector.isna()],
        sounds_of_setting(AUDIO_QUALITY_OVER_SEEDS.frame(inputs["audio_quality"]), figure.setting),
        poison=figure.recipe,
        classes=len(read_split(inputs["split"]).classes),
        path=path,
        **options,
    )


def caption(figure: Figure, study: ReportedStudy) -> str:
    """Return the text below the figure."""
    seeds = len(study.seeds_of(figure))
    text = (
        "Above: accuracy of victims on recordings with noise and, dashed, the fraction that speech "
        "recognisers still recognise of the recordings they recognise when clean. Below: medians "
        f"of PESQ (1 to 4.64, no difference) and STOI (0 to 1). {intervals(seeds, BOTH)}"
    )
    return f"{text} {SPREAD}" if seeds > 1 else text


def alternative(figure: Figure, results: Results) -> str:
    """Describe the figure."""
    return (
        f"Line charts of accuracy, recognition rate, PESQ and STOI against the amplitude of "
        f"{figure.recipe}."
    )


def draw_audio_quality(
    summary: pd.DataFrame,
    audio_quality: pd.DataFrame,
    poison: str,
    reference: str | None,
    classes: int,
    path: Path,
) -> None:
    """Draw accuracy, recognition and audio quality against the amplitude of a noise.

    Parameters
    ----------
    summary
        Rows of ``summary_over_seeds.csv`` of one setting without a defence.
    audio_quality
        Rows of ``audio_quality_over_seeds.csv`` for its recordings.
    poison
        A recipe that adds noise.
    reference
        The training without poison.
    classes
        Number of classes, for the accuracy of guessing.
    path
        The SVG file.
    """
    table = summary[summary.attack == poison]
    noisy = audio_quality[(audio_quality.kind == "poisoned") & (audio_quality.name == poison)]
    noisy = noisy.sort_values("eps")
    with drawing(path, height=6.4) as figure:
        top, middle, bottom = figure.subplots(3, sharex=True, height_ratios=[2, 1, 1])
        handles = _draw_victims(top, table, poison, reference)
        for number, (recogniser, line) in enumerate(noisy.groupby("recogniser", sort=False)):
            style = {"color": INK, "marker": "s", "linestyle": ("--", ":")[number % 2]}
            top.plot(line.eps, line.retained, **style)
            label = f"{recogniser}, relative to clean"
            handles.append(Line2D([], [], label=label, **style))
        accuracy_axis(top, "fraction classified correctly")
        chance_line(top, classes)
        quality = noisy.drop_duplicates("eps")
        middle.plot(quality.eps, quality.median_pesq, color=SERIES[2], marker="o")
        middle.set_ylim(PESQ_RANGE[0] - 0.15, PESQ_RANGE[1] + 0.15)
        middle.set_ylabel("PESQ")
        bottom.plot(quality.eps, quality.median_stoi, color=SERIES[2], marker="o")
        accuracy_axis(bottom, "STOI")
        bottom.set_xscale("log")
        bottom.set_xticks(quality.eps, map("{:g}".format, quality.eps))
        bottom.minorticks_off()
        bottom.set_xlabel("amplitude of the noise, fraction of full scale")
        legend_above(figure, handles, columns=2)


def _draw_victims(
    axes: Axes, table: pd.DataFrame, poison: str, reference: str | None
) -> list[Line2D]:
    poisoned = table[table.poison == poison]
    lines = {"trained without noise": table[table.recipe == reference]}
    if len(poisoned):
        largest = poisoned.poisoning_rate.max()
        label = f"trained with noise, {largest * 100:g} % poisoned"
        lines[label] = poisoned[poisoned.poisoning_rate == largest]
    handles = []
    for number, (label, line) in enumerate(lines.items()):
        style = {"color": SERIES[number], "marker": "o^"[number]}
        accuracy_band(axes, line, style, shift=shifts(len(lines))[number])
        handles.append(Line2D([], [], label=label, **style))
    return handles
