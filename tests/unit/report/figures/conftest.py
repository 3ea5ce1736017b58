"""Figures drawn as the job draws them: from files, by the module of their kind."""

import csv
from dataclasses import replace
from importlib import import_module
from xml.etree import ElementTree

import pytest

from mishear.core.tables.evaluation import RESULTS
from mishear.study.figure_types import Figure
from tests.unit.conftest import SETTING, result_row
from tests.unit.report.conftest import CLASSES


def of_seeds(study, seeds):
    """The study with victims of other seeds."""
    return replace(study, settings=tuple(replace(each, seeds=seeds) for each in study.settings))


@pytest.fixture
def results(tmp_path):
    """An evaluation of these recordings in which an attack succeeds on every other one."""
    path = tmp_path / "results.csv"
    rows = []
    for number in range(12):
        label, predicted = CLASSES[number % 3], CLASSES[(number + number % 2) % 3]
        rows.append(result_row(f"{number}.wav", label, label, predicted, l2=1 + number / 10))
    RESULTS.write(rows, path)
    return path


@pytest.fixture
def write(tmp_path):
    """A function that writes rows as a table, with the columns of the first."""

    def written(name, rows):
        path = tmp_path / f"{name}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        return path

    return written


@pytest.fixture
def drawn(unit, tmp_path):
    """A function that draws a figure, twice to the same bytes, and gives the words in it."""

    def words(kind, inputs, options, **place):
        figure = Figure(kind, **SETTING, **place)
        draw = import_module(f"mishear.report.figures.{kind}").draw
        first, second = tmp_path / f"{kind}.svg", tmp_path / f"{kind}-again.svg"
        for path in (first, second):
            draw(figure, {**inputs, "unit": unit}, options, path)
        assert first.read_bytes() == second.read_bytes()
        assert b"dc:date" not in first.read_bytes()
        return " ".join(ElementTree.parse(first).getroot().itertext())

    return words
