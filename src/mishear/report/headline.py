"""The sentences at the top of the page: what the numbers of a study allow to be said.

Each number that speaks against a sentence changes it. Clean accuracy at chance, missing numbers,
attacks that fail their checks, worse victims, a best defence that is no better than none and a
single seed are all said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from mishear.core.units import sized
from mishear.evaluation.checks.verdicts import FAILURE
from mishear.evaluation.measurements import difference, level, on_inputs
from mishear.report.environment import interval, share, signed, signed_interval
from mishear.report.standing import HALF, Standing, undefended
from mishear.study.trainings import TRAINED


def headline(own: Standing, others: Iterable[Standing] = ()) -> str:
    """Say how robust the reference victims are, and what speaks against it.

    Parameters
    ----------
    own
        Of the setting that the sentences are about.
    others
        Of the other settings of the study.
    """
    if own.clean is None:
        return ""
    if own.at_chance:
        return " ".join(_at_chance(own))
    parts = [
        *_unattacked(own),
        *_broken(own),
        *_missing(own),
        *_checked(own),
        *_sound(own),
        *_worse_recipes(own),
        *_worse_settings(own, others),
        *_best(own),
    ]
    return " ".join([*parts, *_seeds(own)]) if parts else ""


def _at_chance(own: Standing) -> Iterator[str]:
    clean, chance = own.clean, 1 / own.classes
    if np.isnan(clean.accuracy) or np.isnan(clean.low):
        yield (
            "The accuracy on clean recordings is not a number: nothing can be said about "
            "robustness."
        )
    else:
        yield (
            f"On clean recordings the accuracy is {share(clean.accuracy)} (95 % interval "
            f"{interval(clean)}), which is not shown to be better than guessing ({share(chance)}): "
            f"nothing can be said about robustness."
        )
    yield from _seeds(own)


def _unattacked(own: Standing) -> Iterator[str]:
    """Say what is known of victims that were not attacked."""
    if undefended(own.measurements, own.reference).evaluation.notna().any():
        return
    yield (
        f"On clean recordings the accuracy is {share(own.clean.accuracy)} (95 % interval "
        f"{interval(own.clean)}). No attack was run, so nothing is known about robustness against "
        f"attacks."
    )


def _broken(own: Standing) -> Iterator[str]:
    rows = own.worst[own.worst.worst_accuracy.notna()]
    if rows.empty:
        return
    clean = own.clean
    if clean.accuracy < HALF:
        yield (
            f"Without an attack, more than half of the test recordings are already misclassified "
            f"(accuracy {share(clean.accuracy)}, 95 % interval {interval(clean)})."
        )
        return
    broken = rows[rows.worst_accuracy < HALF]
    if broken.empty:
        value = level(rows.iloc[-1], "worst")
        yield (
            f"Up to an eps of {sized(rows.eps.max(), own.unit)}, the attacks of the study do not "
            f"cause more than half of the test recordings to be misclassified: a fraction of "
            f"{share(value.accuracy)} (95 % interval {interval(value)}) stays correct, against "
            f"{share(clean.accuracy)} without an attack."
        )
        return
    first = broken.iloc[0]
    value = level(first, "worst")
    doubt = ""
    if value.high >= HALF:
        doubt = " The interval includes one half, so with more data that eps may change."
    yield (
        f"From an eps of {sized(first.eps, own.unit)} on, attacks cause more than half of the test "
        f"recordings to be misclassified: a fraction of {share(value.accuracy)} (95 % interval "
        f"{interval(value)}) stays correct, against {share(clean.accuracy)} without an attack."
        f"{doubt} The strongest attack is {first.strongest}."
    )


def _missing(own: Standing) -> Iterator[str]:
    table = on_inputs(undefended(own.measurements, own.reference))
    attacked = table[table.evaluation.notna()]
    if count := int(attacked.accuracy.isna().sum() + own.worst.worst_accuracy.isna().sum()):
        yield (
            f"{count} accuracies under attack are not numbers: nothing is known about robustness "
            f"there."
        )


def _checked(own: Standing) -> Iterator[str]:
    """Name the attacks that fail a check on the undefended reference, or that had none."""
    attacks = [name for row in own.worst.attacks[::-1] for name in row.split()]
    attacks = list(dict.fromkeys(attacks))
    checks = undefended(own.checks, own.reference)
    checked = [name for name in attacks if (checks.attack == name).any()]
    failed = checks[checks.verdict == FAILURE]
    failing = [name for name in checked if (failed.attack == name).any()]
    if failing and len(failing) == len(checked):
        yield (
            f"Every attack that was checked fails a check ({', '.join(failing)}): stronger attacks "
            f"may succeed at a smaller eps."
        )
    elif failing:
        alone = len(failing) == 1
        count = int((failed.attack == failing[0]).sum())
        what = f"fails {count} check{'s' * (count > 1)}" if alone else "each fail a check"
        yield f"{', '.join(failing)} {what} and may understate what an attack can do."
    if attacks and not checked:
        yield "No check was run on these attacks: they may understate what an attack can do."


def _sound(own: Standing) -> Iterator[str]:
    """Say at which SNR an attack on the waveform halves the accuracy."""
    table = undefended(own.measurements, own.reference)
    rows = table[(table.domain == "waveform") & (table.evaluation == "adaptive")]
    if rows.empty:
        return
    rows = rows.assign(ratio=rows.eps.where(rows.budget == "snr", rows.median_snr_db))
    rows = rows[rows.ratio.notna() & rows.accuracy.notna()]
    halved = rows[rows.accuracy <= rows.clean_accuracy / 2]
    if halved.empty:
        if len(rows):
            yield (
                f"On the waveform, no attack of the study halves the accuracy down to an SNR of "
                f"{rows.ratio.min():.0f} dB."
            )
        return
    row = halved.sort_values(["ratio", "accuracy"], ascending=[False, True]).iloc[0]
    yield (
        f"On the waveform, {row.attack} lowers the accuracy from {share(row.clean_accuracy)} to "
        f"{share(row.accuracy)} with a change {row.ratio:.0f} dB quieter than the speech (SNR)."
        if row.ratio > 0
        else f"On the waveform, {row.attack} halves the accuracy only at an SNR of "
        f"{row.ratio:.0f} dB, where the change is as loud as the speech."
    )


def _worse_recipes(own: Standing) -> Iterator[str]:
    """Name the unpoisoned trainings that are certainly worse than the reference at some eps."""
    table = on_inputs(own.robustness)
    rows = table[(table.defence == "none") & (table.recipe != own.reference)]
    rows = rows[(rows.norm == "linf") & np.isfinite(rows.eps) & (rows.difference_high < 0)]
    if len(rows):
        row = rows.loc[rows.difference.idxmin()]
        found = difference(row)
        yield (
            f"Recipe {row.recipe} does worse: at {sized(row.eps, own.unit)} by {signed(found)} "
            f"(95 % interval {signed_interval(found)})."
        )


def _worse_settings(own: Standing, others: Iterable[Standing]) -> Iterator[str]:
    for other in others:
        if other.clean is None:
            continue
        if other.at_chance:
            yield f"On clean recordings, {other.name} is not shown to be better than guessing."
        elif other.front_end == own.front_end and own.withstands(other.broken_at):
            yield (
                f"{other.name} does worse: more than half of the recordings are misclassified from "
                f"an eps of {sized(other.broken_at, other.unit)} on{_other_attacks(own, other)}."
            )


def _other_attacks(own: Standing, other: Standing) -> str:
    """Say which attacks only the other victim met; the comparison is fair without."""
    here, there = (each.attacks_within(other.broken_at) for each in (own, other))
    more = [name for name in there if name not in here]
    return f", under attacks that include {', '.join(more)}, not run on {own.name}" if more else ""


def _best(own: Standing) -> Iterator[str]:
    if own.best is None:
        return
    row = own.best
    worst, found = level(row, "worst"), difference(row)
    name = row.recipe if row.defence == "none" else f"{row.recipe} behind {row.defence}"
    if worst is None:
        return
    if own.best_masks:
        yield (
            f"No defence can be ranked: the best, {name}, masks its gradients, so its accuracy of "
            f"{share(worst.accuracy)} at {sized(row.eps, own.unit)} cannot be trusted."
        )
    elif found is None:
        yield (
            f"The best defence, {name}, leaves an accuracy of {share(worst.accuracy)} at "
            f"{sized(row.eps, own.unit)}; the undefended network was not attacked in the same way."
        )
    elif found.low > 0:
        yield (
            f"The best defence, {name}, leaves an accuracy of {share(worst.accuracy)} "
            f"({interval(worst)}) at {sized(row.eps, own.unit)}: {signed(found)} "
            f"({signed_interval(found)}) compared with no defence."
        )
    else:
        yield (
            f"No defence is shown to be better than none: the best, {name}, changes the accuracy "
            f"at {sized(row.eps, own.unit)} by {signed(found)} ({signed_interval(found)})."
        )


def _seeds(own: Standing) -> Sequence[str]:
    if own.clean.seeds > 1:
        return []
    if own.reference == TRAINED:
        return ["The results are for this one model; another training of it may differ."]
    return ["The results are for one victim, trained with a single seed; another may differ."]


def compared(standings: Mapping[str, Standing]) -> dict[str, str]:
    """Return the headline of each setting, compared with the other settings of the study."""
    return {
        key: headline(own, [other for name, other in standings.items() if name != key])
        for key, own in standings.items()
    }
