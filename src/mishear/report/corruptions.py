"""What the page says of natural corruptions, and how attacks compare with louder noise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from mishear.core.statistics import Measured
from mishear.evaluation.measurements import measured
from mishear.report.environment import decibels, interval, share
from mishear.report.tables import Tables

LOUDER_DB = 20.0
"""Ten times the amplitude."""
ROUNDING_DB = 0.05
"""By this an SNR may miss its limit: half the last digit that is shown."""


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
    comparison
        What an attack does that louder noise does not; empty where that is not so.
    severities
        Numbers of the severities.
    """

    comparison: str
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
        comparison=louder_noise(tables, reference, white_noises),
        severities=sorted({int(severity) for severity in shown.severity}),
        rows=rows,
    )


def _severity(row) -> Severity:
    is_level = row.level_unit == "dB SNR" or pd.isna(row.median_snr_db)
    snr = "" if is_level else f"SNR {decibels(row.median_snr_db)} dB"
    return Severity(f"{row.level:g} {row.level_unit}", snr, measured(row))


def louder_noise(tables: Tables, reference: str | None, white_noises: Sequence[str]) -> str:
    """Say which attack does at which SNR what noise of ten times its amplitude does not.

    Attacks whose change of the waveform is known are compared with white noise at a
    signal-to-noise ratio that is lower by 20 dB or, where there is none, with the next louder one.
    Both are of the undefended victims of the reference training.

    Parameters
    ----------
    tables, reference, white_noises
        As for :func:`corruption_section`.

    Returns
    -------
    str
        Of the attack by which the intervals are furthest apart; empty where all overlap, where
        noise is the worse, and where there is nothing to compare.
    """
    attacks = _undefended(tables.measurements, reference)
    attacks = attacks[attacks.evaluation.notna() & (attacks.domain == "waveform")]
    noises = _undefended(tables.corruptions, reference)
    noises = noises[noises.corruption.isin(white_noises)]
    pairs = [pair for pair in _pairs(attacks, noises) if _apart(*pair) > 0]
    if not pairs:
        return ""
    attack, noise = max(pairs, key=lambda pair: _apart(*pair))
    times = 10 ** ((attack.median_snr_db - noise.median_snr_db) / 20)
    return (
        f"The attack {attack.attack} at a median SNR of {decibels(attack.median_snr_db)} dB leaves "
        f"{_in_words(measured(attack))} of the recordings classified correctly. White noise with "
        f"{times:.0f} times its amplitude, at {decibels(noise.median_snr_db)} dB, leaves "
        f"{_in_words(measured(noise))}."
    )


def _undefended(rows: pd.DataFrame, reference: str | None) -> pd.DataFrame:
    mine = (rows.recipe == reference) & (rows.defence == "none")
    return rows[mine & rows.source.isna() & rows.median_snr_db.notna()]


def _pairs(attacks: pd.DataFrame, noises: pd.DataFrame) -> Iterator[tuple]:
    """Yield each attack with the quietest noise that is loud enough."""
    for attack in attacks.itertuples():
        loud = noises[attack.median_snr_db - noises.median_snr_db >= LOUDER_DB - ROUNDING_DB]
        if attack.median_snr_db < float("inf") and len(loud):
            yield attack, next(loud.sort_values("median_snr_db", ascending=False).itertuples())


def _apart(attack, noise) -> float:
    """Return by how much the interval of an attack's accuracy lies below that of a noise's."""
    return measured(noise).low - measured(attack).high


def _in_words(accuracy: Measured) -> str:
    return f"{share(accuracy.accuracy)} (95 % interval {interval(accuracy)})"
