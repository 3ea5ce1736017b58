"""The figures of the page, each with its caption, its description and its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from markupsafe import Markup

from mishear.paper.results import Results
from mishear.report.drawing.inline import inline_svg
from mishear.study.reported import ReportedFigure, ReportedSetting, ReportedStudy


@dataclass(frozen=True)
class ShownFigure:
    """A figure in the page, see :class:`mishear.study.figure_types.Kind` for where it stands.

    Attributes
    ----------
    files
        Paths beside the report by their formats, such as ``SVG``.
    """

    category: str
    heading: str
    wide: bool
    recipe: str | None
    svg: Markup
    caption: str
    files: Mapping[str, str]


def shown_figures(
    study: ReportedStudy, setting: ReportedSetting, results: Results, inputs: Mapping[str, Path]
) -> list[ShownFigure]:
    """Return the figures of one setting.

    Parameters
    ----------
    study
        The whole study.
    setting
        One of its settings.
    results
        What was measured in it.
    inputs
        See :func:`mishear.study.report_plan.report_inputs`.
    """
    return [
        _figure(study, reported, inputs[reported.figure.path], results)
        for reported in study.figures
        if reported.figure.setting == setting.names and reported.category != "Transfer"
    ]


def _figure(
    study: ReportedStudy, reported: ReportedFigure, file: Path, results: Results
) -> ShownFigure:
    figure = reported.figure
    # The job's fingerprint is given the functions that are called here by their names.
    module = import_module(f"mishear.report.figures.{figure.kind}")
    return ShownFigure(
        category=reported.category,
        heading=reported.heading,
        wide=reported.wide,
        recipe=figure.recipe,
        svg=Markup(inline_svg(file, module.alternative(figure, results))),
        caption=module.caption(figure, study),
        files=reported.files,
    )
