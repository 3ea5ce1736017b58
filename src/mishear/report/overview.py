"""The first table of the page: a row for each victim, clean, corrupted, attacked and certified."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mishear.core.statistics import Measured
from mishear.core.units import sized
from mishear.evaluation.measurements import (
    from_counts,
    level,
    measured,
    on_inputs,
    proportion,
)
from mishear.report.speakers import SHOWN_RATIO
from mishear.report.tables import Tables
from mishear.study.reported import ReportedSetting, ReportedStudy

SHOWN_SEVERITY = 3
"""The severity at which natural corruptions are shown: the middle one of five."""


@dataclass(frozen=True)
class Found:
    """An accuracy and within which limit it holds, such as ``0.5 dB, L-infinity``.

    ``attacks`` are those of a worst case.
    """

    value: Measured
    limit: str
    attacks: Sequence[str] = ()


@dataclass(frozen=True)
class OverviewRow:
    """A victim of a study, or several that differ in their seed only.

    Attributes
    ----------
    section
        Anchor of the section that says more.
    clean
        Accuracy on clean recordings.
    corrupted
        The lowest accuracy under a natural corruption of the middle severity; None if there was
        none.
    attacked
        Worst case over all attacks on its inputs; None if there was none.
    on_waveform
        Worst case over all attacks on the waveform with a signal-to-noise ratio.
    certified
        Fraction that is certainly classified correctly.
    """

    section: str
    setting: ReportedSetting
    recipe: str
    defence: str
    seeds: int
    n: int
    clean: Measured
    corrupted: Found | None = None
    attacked: Found | None = None
    on_waveform: Found | None = None
    certified: Found | None = None


@dataclass(frozen=True)
class Overview:
    """The table, and which of its columns have something in them."""

    rows: list[OverviewRow]

    @property
    def columns(self) -> list[str]:
        """Names of the columns that are filled for at least one victim."""
        names = ("corrupted", "attacked", "on_waveform", "certified")
        return [name for name in names if any(getattr(row, name) for row in self.rows)]

    @property
    def uneven(self) -> list[str]:
        """Names of the columns whose worst cases are over different attacks."""
        return [name for name in self.columns if len(self._attacks(name)) > 1]

    def _attacks(self, name: str) -> set[frozenset[str]]:
        cells = (getattr(row, name) for row in self.rows)
        return {frozenset(cell.attacks) for cell in cells if cell is not None}


def overview(study: ReportedStudy, tables: Tables) -> Overview:
    """Gather one row for each victim without poison, in the order of the page.

    Parameters
    ----------
    study
        What the page says of the study besides its results.
    tables
        All tables of the study.
    """
    return Overview([row for place in study.settings for row in _rows(study, place, tables)])


def _rows(study: ReportedStudy, place: ReportedSetting, tables: Tables) -> Iterator[OverviewRow]:
    own, unit = tables.of(place), study.units[place.front_end]
    measurements = pd.concat([own.measurements, own.corruptions])
    measurements = measurements[measurements.poisoning_rate.isna()]
    for (recipe, defence), rows in measurements.groupby(["recipe", "defence"], sort=False):
        first = next(rows.itertuples())
        cases = own.robustness
        cases = cases[(cases.recipe == recipe) & (cases.defence == defence)]
        yield OverviewRow(
            section=f"victim{study.settings.index(place)}",
            setting=place,
            recipe=recipe,
            defence=defence,
            seeds=int(first.seeds),
            n=int(first.n),
            clean=measured(first, clean=True),
            corrupted=_corrupted(rows),
            attacked=_attacked(cases, place.shown_eps, unit),
            on_waveform=_on_waveform(cases),
            certified=_certified(own.certificates, recipe, defence, place.shown_eps, unit),
        )


def _corrupted(rows: pd.DataFrame) -> Found | None:
    found = [
        Found(measured(row), f"{row.corruption}, {row.level:g} {row.level_unit}")
        for row in rows[rows.severity == SHOWN_SEVERITY].itertuples()
    ]
    return min(found, key=_accuracy, default=None)


def _attacked(cases: pd.DataFrame, eps: float, unit: str) -> Found | None:
    limited = on_inputs(cases)
    limited = limited[(limited.norm == "linf") & np.isfinite(limited.eps)]
    found = _at(limited, _nearest(limited.eps, eps), unit)
    return min(found, key=_accuracy, default=None)


def _on_waveform(cases: pd.DataFrame) -> Found | None:
    limited = cases[(cases.domain == "waveform") & (cases.budget == "snr")]
    # To a listener, a ratio is one limit, whichever norm an attack has.
    found = _at(limited, _nearest(limited.eps, SHOWN_RATIO))
    return min(found, key=_accuracy, default=None)


def _certified(
    certificates: pd.DataFrame | None, recipe: str, defence: str, radius: float, unit: str
) -> Found | None:
    if certificates is None:
        return None
    own = certificates[(certificates.recipe == recipe) & (certificates.defence == defence)]
    if own.empty:
        return None
    # The next radius of the grid is at least the one asked for, so the accuracy is no larger than
    # that at the latter.
    beyond = own[own.radius >= radius].sort_values("radius")
    if len(beyond):
        row = next(beyond.itertuples())
        value = proportion(row, "certified_accuracy", "ci", row.n)
    else:
        seeds, n = int(own.seeds.iloc[0]), int(own.n.iloc[0])
        value = from_counts([0] * seeds, [n] * seeds)
    return Found(value, f"within {sized(radius, unit)}, L2")


def _nearest(values: pd.Series, wanted: float) -> float | None:
    return None if values.empty else float(values.iloc[(values - wanted).abs().argmin()])


def _at(cases: pd.DataFrame, eps: float | None, unit: str = "") -> list[Found]:
    """Return the worst cases at one eps that were measured."""
    found = [(level(row, "worst"), row) for row in cases[cases.eps == eps].itertuples()]
    return [
        Found(
            value,
            f"{row.eps:g} dB SNR" if row.budget == "snr" else f"eps {sized(row.eps, unit)}, L∞",
            row.attacks.split(),
        )
        for value, row in found
        if value is not None
    ]


def _accuracy(found: Found) -> float:
    return found.value.accuracy
