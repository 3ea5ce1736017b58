"""The figures of the page."""

from dataclasses import replace

from mishear.report.drawing.style import drawing
from mishear.report.shown import shown_figures
from mishear.study.figure_types import Figure
from mishear.study.reported import ReportedFigure


def test_a_figure_is_shown_in_its_setting_with_its_files(study, results_of, rows, tmp_path):
    (setting,) = study.settings
    with drawing(tmp_path / "drawn.svg", height=1) as drawn:
        drawn.text(0.1, 0.5, "drawn")
    own = Figure("accuracy", **setting.names)
    other = replace(own, corpus="other")
    figures = tuple(
        ReportedFigure(figure, "Attacks", "", False, {"SVG": figure.path})
        for figure in (own, other)
    )
    inputs = {figure.path: tmp_path / "drawn.svg" for figure in (own, other)}
    (found,) = shown_figures(replace(study, figures=figures), setting, results_of(rows), inputs)
    assert found.files == {"SVG": own.path}
    assert "drawn" in found.svg and found.caption
