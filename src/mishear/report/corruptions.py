"""What the page says of natural corruptions, and how attacks compare with noise."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mishear.core.statistics import Measured
from mishear.evaluation.measurements import measured
from mishear.report.environment import decibels, interval, share
from mishear.report.tables import Tables

LOUDER_DB = 20.0
"""Ten times the amplitude."""
SAME_DB = 0.5
"""Ratios that differ by no more are of the same amplitude: 6 % of it."""


@dataclass(frozen=True)
class Severity:
    """The accuracy at one severity.

    Attributes
    ----------
    level
        What the severity is, with its unit.
    snr
        Its median signal-to-noise ratio in words, where it is measured and not the level itself.
    """

    level: str
    snr: str
    accuracy: Measured


@dataclass(frozen=True)
class CorruptionRow:
    """A corruption of the recordings of one recipe's victims behind one defence."""

    recipe: str
    defence: str
    corruption: str
    clean: Measured
    severities: Sequence[Severity]


@dataclass(frozen=True)
class CorruptionSection:
    """The table of corruptions.

    Attributes
    ----------
    comparisons
        How white noise compares with the strongest attack on the waveform, by the size of the
        change.
    severities
        Numbers of the severities.
    """

    comparisons: Sequence[str]
    severities: Sequence[int]
    rows: Sequence[CorruptionRow]


def shown_corruptions(rows: pd.DataFrame) -> pd.DataFrame:
    """Select the natural corruptions of ``summary_over_seeds.csv`` of victims without poison."""
    return rows[rows.corruption.notna() & rows.poison.isna()]


def corruption_section(
    tables: Tables, reference: str | None, white_noises: Sequence[str]
) -> CorruptionSection | None:
    """Lay out the corruptions of one setting.

    Parameters
    ----------
    tables
        Rows of that setting.
    reference
        Name of the training that stands for the study.
    white_noises
        The corruptions that are white noise.

    Returns
    -------
    CorruptionSection or None
        None where the study has no corruptions.
    """
    shown = shown_corruptions(tables.corruptions)
    if shown.empty:
        return None
    rows = []
    groups = shown.groupby(["recipe", "defence", "corruption"], sort=False)
    for (recipe, defence, corruption), found in groups:
        found = list(found.sort_values("severity").itertuples())
        clean = measured(found[0], clean=True)
        rows.append(CorruptionRow(recipe, defence, corruption, clean, list(map(_severity, found))))
    return CorruptionSection(
        comparisons=beside_noise(tables, reference, white_noises),
        severities=sorted({int(severity) for severity in shown.severity}),
        rows=rows,
    )


def _severity(row) -> Severity:
    is_level = row.level_unit == "dB SNR" or pd.isna(row.median_snr_db)
    snr = "" if is_level else f"SNR {decibels(row.median_snr_db)} dB"
    return Severity(f"{row.level:g} {row.level_unit}", snr, measured(row))


def beside_noise(tables: Tables, reference: str | None, white_noises: Sequence[str]) -> list[str]:
    """Compare the strongest attack at each signal-to-noise ratio with white noise.

    Attacks whose change of the waveform is known stand beside white noise of the same amplitude and
    of ten times the amplitude, as far as these were run. All are of the undefended victims of the
    reference training.

    Parameters
    ----------
    tables, reference, white_noises
        As for :func:`corruption_section`.

    Returns
    -------
    list of str
        A sentence for each ratio, the highest first; none where there is nothing to compare.
    """
    attacks = _undefended(tables.measurements, reference)
    attacks = attacks[attacks.evaluation.notna() & (attacks.domain == "waveform")]
    attacks = attacks[np.isfinite(attacks.median_snr_db)]
    noises = _undefended(tables.corruptions, reference)
    noises = noises[noises.corruption.isin(white_noises)]
    found = []
    # An attack that is limited by a ratio may change a recording less than it may.
    ratios = attacks.eps.where(attacks.budget == "snr", attacks.median_snr_db).round()
    for ratio in sorted(ratios.unique(), reverse=True):
        rows = attacks[ratios == ratio]
        strongest = rows.loc[rows.accuracy.idxmin()]
        same, louder = _at(noises, ratio), _at(noises, ratio - LOUDER_DB)
        if same is not None or louder is not None:
            found.append(_compared(strongest, same, louder))
    return found


def _compared(attack: pd.Series, same: pd.Series | None, louder: pd.Series | None) -> str:
    parts = []
    if same is not None:
        ratio = decibels(same.median_snr_db)
        parts.append(
            f"white noise of about the same amplitude ({ratio} dB) leaves "
            f"{_in_words(measured(same))}"
        )
    if louder is not None:
        ratio = decibels(louder.median_snr_db)
        noise = "white noise" if same is None else "and noise"
        parts.append(
            f"{noise} of about ten times the amplitude ({ratio} dB) leaves "
            f"{_in_words(measured(louder))}"
        )
    loudest = measured(attack if louder is None else louder)
    verdict = "."
    if attack.accuracy == attack.clean_accuracy:
        verdict = ": the attack does no harm here."
    elif louder is not None and loudest.low <= measured(attack).high:
        verdict = ": noise about ten times as strong is not shown to do less harm than the attack."
    return (
        f"At {decibels(attack.median_snr_db)} dB SNR the strongest attack, {attack.attack}, leaves "
        f"{_in_words(measured(attack))} of the recordings classified correctly; "
        f"{', '.join(parts)}{verdict}"
    )


def _undefended(rows: pd.DataFrame, reference: str | None) -> pd.DataFrame:
    mine = (rows.recipe == reference) & (rows.defence == "none")
    return rows[mine & rows.source.isna() & rows.median_snr_db.notna() & rows.accuracy.notna()]


def _at(noises: pd.DataFrame, ratio: float) -> pd.Series | None:
    """Return the noise at a signal-to-noise ratio in dB, if it was run."""
    off = (noises.median_snr_db - ratio).abs()
    return None if off.empty or off.min() > SAME_DB else noises.loc[off.idxmin()]


def _in_words(accuracy: Measured) -> str:
    return f"{share(accuracy.accuracy)} (95 % interval {interval(accuracy)})"
