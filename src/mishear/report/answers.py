"""The few numbers at the top of the page that say how robust the reference victims are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mishear.core.units import sized
from mishear.evaluation.measurements import difference, level, measured, succeeded
from mishear.paper.results import Results
from mishear.poisoning.base import Poison
from mishear.report.conditions import Attacks, defended, undefended
from mishear.report.drawing.words import changed
from mishear.report.environment import (
    interval,
    of_victims,
    precision,
    ratio,
    share,
    signed,
    signed_interval,
)

HALF = 0.5


@dataclass(frozen=True)
class Answer:
    """One number with its threat model.

    Attributes
    ----------
    threat
        The parts of the threat model by their names.
    """

    question: str
    value: str
    unit: str
    detail: str
    threat: Mapping[str, str]


def answers(results: Results, changes: pd.DataFrame, shown_eps: float) -> Iterable[Answer]:
    """Yield the few numbers that say how robust the reference recipe's victims are.

    Parameters
    ----------
    results
        What the study measured.
    changes
        Rows of ``smallest_change.csv`` over the seeds.
    shown_eps
        The size that is shown.
    """
    if test := results.clean:
        yield Answer(
            "Clean recordings",
            share(test.accuracy),
            "accuracy",
            precision(test),
            {
                "Attack": "none",
                "Recipe": results.reference,
                **{
                    split.capitalize(): share(results.accuracies[split].accuracy)
                    for split in ("train", "validation")
                    if split in results.accuracies
                },
            },
        )
    limited = _limited(results)
    if not limited.empty:
        yield _strongest(limited, shown_eps, results)
    if (found := smallest_change(results, changes)) is not None:
        yield found
    for name, poison in results.poisons.items():
        if poison.against == "amplitude":
            yield from _noise(results, name)
        else:
            yield from _aimed(results, name, poison)


def _limited(results: Results) -> pd.DataFrame:
    """Return the rows of the reference recipe under attacks with an L-infinity eps."""
    rows = [results.of_reference(attack) for attack in results.attacks]
    table = pd.concat(rows) if rows else results.table.iloc[:0]
    return table[(table.norm == "linf") & np.isfinite(table.eps)].reset_index(drop=True)


def _strongest(rows: pd.DataFrame, shown_eps: float, results: Results) -> Answer:
    eps = rows.eps[(rows.eps - shown_eps).abs().idxmin()]
    at_eps = rows[rows.eps == eps]
    row = at_eps.loc[at_eps.accuracy.idxmin()]
    value = measured(row)
    return Answer(
        f"Every point changed by at most {sized(eps, results.unit)}",
        share(value.accuracy),
        "accuracy",
        precision(value),
        {
            "Attack": f"{row.attack}, the strongest of {', '.join(at_eps.attack)}",
            "Norm": f"L∞, eps {sized(eps, results.unit)}",
            "Domain": changed(row.domain),
            "Adaptive": undefended(results.attacks, [row.attack]),
        },
    )


def _counts(found_by: str) -> str:
    """Say how often each attack found the smallest change, from ``cw:1 ddn:87``."""
    counts = [part.rpartition(":") for part in found_by.split()]
    ordered = sorted(counts, key=lambda part: -int(part[2]))
    return ", ".join(f"{name} ({count})" for name, _, count in ordered)


def smallest_change(results: Results, changes: pd.DataFrame) -> Answer | None:
    """Return the smallest change that any attack found, if the study searched for it."""
    rows = changes[(changes.recipe == results.reference) & (changes.defence == "none")]
    rows = rows[rows.median_l2.notna()]
    if rows.empty:
        return None
    row = rows.iloc[0]
    attacks = row.attacks.split()
    more = "" if len(attacks) > 1 else " A second attack may find less."
    bounded, unit = np.isfinite(row.median_l2), results.unit
    return Answer(
        "Smallest change that is misclassified",
        _change(row.median_l2) if bounded else "none for half of the recordings",
        f"{unit}, median L2".removeprefix(", ") if bounded else "",
        f"An upper bound: the smallest change that any of {', '.join(attacks)} found. 95 % "
        f"interval {_change(row.median_low)} to {_change(row.median_high, unit)}, quartiles "
        f"{_change(row.lower_quartile)} and {_change(row.upper_quartile, unit)}; found for "
        f"{int(row.found):,} of {int(row.n):,} recordings classified correctly when clean.{more}",
        {
            "Found by": _counts(row.found_by),
            "Norm": "L2, no eps",
            "Domain": changed("spectrogram"),
            "Adaptive": undefended(results.attacks, attacks),
        },
    )


def _change(value: float, unit: str = "") -> str:
    return sized(f"{value:.3g}", unit) if np.isfinite(value) else "no limit"


def _noise(results: Results, poison: str) -> Iterable[Answer]:
    """Yield the quietest noise that halves the unpoisoned victim's accuracy, or the loudest."""
    rows = results.of_reference(poison)
    if rows.empty:
        return
    under_half = rows[rows.accuracy < HALF]
    row = (rows if under_half.empty else under_half).iloc[-1 if under_half.empty else 0]
    value = measured(row)
    yield Answer(
        f"Noise in the test recordings, SNR {row.median_snr_db:.0f} dB",
        share(value.accuracy),
        "accuracy",
        precision(value),
        {
            "Poison": f"{poison}, amplitude {row.eps:g} of full scale",
            "Domain": changed(row.domain),
            "SI-SDR": f"{row.median_si_sdr_db:.0f} dB, without the constant offset of the noise, "
            "which is inaudible",
            "Adaptive": "no: the noise does not depend on the victim",
            "Trained on it": _retrained(results, poison, row.eps),
        },
    )


def _retrained(results: Results, poison: str, amplitude: float) -> str:
    rows = results.of_poisoned(poison)
    if (rows := rows[rows.poison_amplitude == amplitude]).empty:
        return "not run"
    value = measured(row := rows.loc[rows.poisoning_rate.idxmax()])
    return (
        f"{share(value.accuracy)} ({interval(value)}) with {row.poisoning_rate * 100:g} % of the "
        f"training poisoned"
    )


def _aimed(results: Results, name: str, poison: Poison) -> Iterable[Answer]:
    """Yield the strongest poisoning: by its success, or by the accuracy lost without a target."""
    rows = results.of_poisoned(name)
    if rows.empty:
        return
    aimed = poison.target is not None
    row = rows.loc[rows.attack_success_rate.idxmax() if aimed else rows.clean_accuracy.idxmin()]
    value = succeeded(row) if aimed else measured(row, clean=True)
    amplitude = f", amplitude {row.eps:g} of full scale" if row.eps else ""
    yield Answer(
        poison.question(f"{row.poisoning_rate * 100:g}\N{NO-BREAK SPACE}%"),
        share(value.accuracy),
        f"classified as {poison.target}" if aimed else "accuracy",
        precision(value),
        {
            "Poison": f"{name}{amplitude}",
            "Domain": changed(row.domain),
            "On clean": f"accuracy {share(row.clean_accuracy)}",
            "Unpoisoned": _without(results, name, row.eps, aimed),
        },
    )


def _without(results: Results, poison: str, eps: float, aimed: bool) -> str:
    """Say what the reference recipe's victims reach on the same recordings."""
    rows = results.of_reference(poison)
    rows = rows[rows.eps == eps]
    if rows.empty:
        return "not run"
    row = rows.iloc[0]
    if not aimed:
        return f"accuracy {share(row.clean_accuracy)}"
    return f"{share(row.attack_success_rate)}, accuracy {share(row.clean_accuracy)}"


def halved(halves: pd.DataFrame, reference: str | None, attacks: Attacks) -> Answer | None:
    """Return the highest SNR at which an attack halves the accuracy of the reference victims.

    It is measured on the recordings saved with 16 bits, which can be played. ``halves`` are rows
    of ``snr_at_half_over_seeds.csv``.
    """
    rows = halves[(halves.recipe == reference) & (halves.defence == "none")]
    if rows.empty:
        return None
    row = rows.loc[rows.saved_snr_db.idxmax()]
    return Answer(
        "Change of the waveform that halves the accuracy",
        ratio(row.saved_snr_db, row),
        "dB SNR",
        f"accuracy {share(row.half)}; 95 % interval {ratio(row.saved_low, row)} to "
        f"{ratio(row.saved_high, row)} dB {of_victims(int(row.seeds), int(row.n))}",
        {
            "Attack": f"{row.attack}, the strongest of {', '.join(rows.attack)}",
            "Norm": "limited by each recording's SNR",
            "Saved": f"with 16 bits; before rounding {ratio(row.snr_db, row)} dB",
            "Domain": "waveform, active speech",
            "Adaptive": undefended(attacks, [row.attack]),
        },
    )


def best(row: Any, masking: set[tuple[str, str]], unit: str, attacks: Attacks) -> Answer | None:
    """Return the best defence, see :func:`mishear.report.defences.best_defence`."""
    if row is None:
        return None
    worst, clean = level(row, "worst"), level(row, "clean")
    warning = " It masks its gradients: do not trust it."
    masks = (row.recipe, row.defence) in masking
    return Answer(
        f"Best defence at {sized(row.eps, unit)}",
        share(worst.accuracy),
        "worst-case accuracy",
        precision(worst),
        {
            "Recipe": row.recipe,
            "Defence": f"{row.defence}.{warning}" if masks else row.defence,
            "Clean": f"{share(clean.accuracy)} ({interval(clean)})",
            "Gain": _gain(row),
            "Attacks": f"any of {row.attacks}",
            "Adaptive": defended(attacks, row),
        },
    )


def _gain(row: Any) -> str:
    found = difference(row)
    if found is None:
        return "the undefended reference was not attacked in the same way"
    return f"{signed(found)} ({signed_interval(found)}) over the undefended reference, paired"
