"""The numbers of a run beside those that the paper prints.

Every remark on a difference follows from the numbers of the run; none is fixed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mishear.core.statistics import Measured
from mishear.evaluation.measurements import measured
from mishear.paper.printed import (
    CW,
    FGSM,
    PGD,
    PGD_STEP,
    PGD_STEPS,
    POISONING,
    TEST,
    TRAIN,
    TRAINED_ON,
    VALIDATION,
    Printed,
)
from mishear.paper.results import Results, attacks_in_role
from mishear.poisoning.poisons import UniformNoise


@dataclass(frozen=True)
class Comparison:
    """A number of the paper beside this run's.

    Attributes
    ----------
    printed
        The paper's number.
    reading
        What of this run it is compared with.
    ours
        This run's number; None where the study did not measure it.
    conditions
        The conditions under which it was measured.
    remark
        The size of the difference and its likely cause.
    """

    printed: Printed
    reading: str
    ours: Measured | None
    conditions: str
    remark: str


def corpus_note(results: Results) -> str:
    """Say how the corpus relates to the paper's."""
    n = results.accuracies["test"].n if results.accuracies else 0
    if results.source == "audiomnist":
        return f"This is its corpus, AudioMNIST, with {n:,} test recordings."
    kind = "synthesised " if results.source == "espeak" else ""
    return (
        f"Its corpus is AudioMNIST; the results here are for {n:,} {kind}test recordings of "
        f"{results.corpus}."
    )


def compare(results: Results) -> list[Comparison]:
    """Put every number of the paper beside this run's."""
    return [
        *_training(results),
        *_fgsm(results),
        *_pgd(results),
        *_carlini_wagner(results),
        *_poisoning(results),
    ]


def _training(results: Results) -> Iterator[Comparison]:
    for split, printed in (("train", TRAIN), ("validation", VALIDATION), ("test", TEST)):
        ours = results.accuracies.get(split)
        if ours is None:
            yield _not_run(printed, "")
            continue
        cause = ""
        if not ours.contains(printed.accuracy):
            cause = _cause_in_corpus(results) or (
                "The likely cause is what the paper does not state: batch size, padding and the "
                "kind of split."
            )
        conditions = f"recipe {results.reference}"
        yield Comparison(printed, "", ours, conditions, f"{_level(ours, printed)} {cause}".strip())


def _fgsm(results: Results) -> Iterator[Comparison]:
    for name, row in _lowest(results, "fgsm"):
        ours = measured(row)
        remark = _level(ours, FGSM)
        if not ours.contains(FGSM.accuracy):
            if _swapped(results):
                remark += " The paper's numbers for FGSM and PGD fit this run better when swapped."
            else:
                remark += f" {_cause_in_corpus(results) or _UNSTATED}"
        yield Comparison(FGSM, name, ours, _at(row), remark)
    if not list(_lowest(results, "fgsm")):
        yield _not_run(FGSM, "")


_UNSTATED = "Preprocessing that the paper does not state shifts the curve along eps."


def _pgd(results: Results) -> Iterator[Comparison]:
    found = False
    for name, row in _lowest(results, "pgd-paper"):
        found = True
        ours = measured(row)
        remark = f"{_level(ours, PGD)} {_reach(results, name)}"
        yield Comparison(PGD, f"{name}: the paper's step and steps", ours, _at(row), remark)
    if not found:
        yield _not_run(PGD, "the paper's step and steps")
    for name, row in _lowest(results, "pgd"):
        ours = measured(row)
        remark = _level(ours, PGD)
        if ours.contains(PGD.accuracy):
            remark += f" {_step(results.attacks[name].params)}"
        else:
            remark += f" {_cause_in_corpus(results) or _UNSTATED}"
        yield Comparison(PGD, f"{name}: another step", ours, _at(row), remark)


def _step(params: Mapping[str, Any]) -> str:
    if params.get("abs_stepsize") is None:
        return "Its step grows with eps, so it can reach every eps."
    return f"Its steps of {params['abs_stepsize']:g} dB reach far enough."


def _reach(results: Results, name: str) -> str:
    """Say how far the paper's PGD reaches, and how it compares with FGSM at the paper's eps."""
    travelled = PGD_STEP * PGD_STEPS
    reach = f"{PGD_STEPS} steps of {PGD_STEP:g} dB move a point by at most {travelled:g} dB"
    pair = _at_paper_eps(results)
    if pair is None:
        return f"{reach}, whatever eps is."
    fgsm, pgd = pair
    numbers = f"at eps {FGSM.eps:g} ({pgd:.3f} against {fgsm:.3f})"
    if pgd <= fgsm:
        return f"{reach}; it is still no weaker than FGSM {numbers}."
    ending = "; swapped, the paper's numbers would be closer." if _swapped(results) else "."
    return f"{reach}, so it is weaker than FGSM {numbers}{ending}"


def _at_paper_eps(results: Results) -> tuple[float, float] | None:
    """Return the accuracies under FGSM and the paper's PGD at the eps of the paper's lowest."""
    pair = []
    for role in ("fgsm", "pgd-paper"):
        names = attacks_in_role(results.attacks, role)
        rows = results.of_reference(names[0]) if names else pd.DataFrame({"eps": []})
        rows = rows[rows.eps == FGSM.eps]
        if rows.empty:
            return None
        pair.append(float(rows.accuracy.iloc[0]))
    return pair[0], pair[1]


def _swapped(results: Results) -> bool:
    """Return whether the paper's numbers for FGSM and PGD are closer to this run's when swapped."""
    pair = _at_paper_eps(results)
    if pair is None:
        return False
    fgsm, pgd = pair
    as_printed = abs(fgsm - FGSM.accuracy) + abs(pgd - PGD.accuracy)
    exchanged = abs(fgsm - PGD.accuracy) + abs(pgd - FGSM.accuracy)
    return exchanged < as_printed


def _carlini_wagner(results: Results) -> Iterator[Comparison]:
    found = False
    for name, row in _lowest(results, "cw"):
        found = True
        ours = measured(row)
        searches = results.attacks[name].params.get("binary_search_steps", 9)
        taken = f"{row.median_l2:.1f} dB" if pd.notna(row.median_l2) else "none, none succeeded"
        remark = (
            f"{_level(ours, CW)} The number depends on the search ({searches} search steps here) "
            f"and means little without the L2 norm of the change (median {taken}; the paper gives "
            f"none)."
        )
        if row.rejected:
            remark += f" {int(row.rejected)} recordings that it returned count as failures."
        yield Comparison(CW, name, ours, f"median L2 {taken}", remark)
    if not found:
        yield _not_run(CW, "")


def _poisoning(results: Results) -> Iterator[Comparison]:
    noises = [name for name, found in results.poisons.items() if isinstance(found, UniformNoise)]
    if not noises or results.reference is None:
        yield _not_run(POISONING, "")
        return
    for poison in noises:
        standard = results.of_reference(poison)
        if standard.empty:
            continue
        nearest = (standard.accuracy - POISONING.accuracy).abs().idxmin()
        row = standard.loc[nearest]
        yield from _poisoning_at(results, poison, row)


def _poisoning_at(results: Results, poison: str, standard: Any) -> Iterator[Comparison]:
    """Compare three readings at the amplitude where the first is closest to the paper's number."""
    sweep = results.of_poisoned(poison)
    sweep = sweep[sweep.poisoning_rate == sweep.poisoning_rate.max()]
    retrained = sweep[sweep.poison_amplitude == standard.eps].iloc[0]
    place = f"amplitude {standard.eps:g}, {_ratios(standard)}"
    rate = f"{retrained.poisoning_rate * 100:g} % of the training poisoned"
    mismatch, matched = measured(standard), measured(retrained)
    other = measured(retrained, clean=True)
    yield Comparison(
        POISONING,
        f"{results.reference}, poisoned test",
        mismatch,
        place,
        f"{_level(mismatch, POISONING)} Only the test recordings are noisy: training and test do "
        f"not match.",
    )
    yield Comparison(
        POISONING,
        "retrained, poisoned test (as the paper describes it)",
        matched,
        f"{place}, {rate}",
        f"{_level(matched, POISONING)} {_matched_remark(matched, sweep)}",
    )
    yield Comparison(
        POISONING,
        "retrained, clean test",
        other,
        f"{place}, {rate}",
        f"{_level(other, POISONING)} {_mismatch_remark(retrained)}",
    )


def _matched_remark(matched: Measured, sweep: pd.DataFrame) -> str:
    lowest = sweep.loc[sweep.accuracy.idxmin()]
    if matched.contains(POISONING.accuracy):
        return "With noise in both training and test, the paper's number is reproduced."
    if matched.accuracy < POISONING.accuracy:
        return "Noise of this size masks the speech."
    return (
        f"Trained with the same noise, the network copes with it; the lowest of all amplitudes is "
        f"{lowest.accuracy:.3f}, at {lowest.eps:g} ({_ratios(lowest)})."
    )


def _mismatch_remark(retrained: Any) -> str:
    """Say whether retrained victims do worse on clean than on noisy recordings, paired."""
    gap = f"{-retrained.change:+.3f} [{-retrained.change_high:+.3f}, {-retrained.change_low:+.3f}]"
    if retrained.change_low > 0:
        return f"The same mismatch in the other direction: noise in training alone ({gap}, paired)."
    return f"Not shown to be worse on clean than on noisy recordings ({gap}, paired)."


def _lowest(results: Results, role: str) -> Iterator[tuple[str, Any]]:
    """Yield each attack in a role that was run, with its row of lowest accuracy."""
    for name in attacks_in_role(results.attacks, role):
        rows = results.of_reference(name)
        if not rows.empty:
            yield name, rows.loc[rows.accuracy.idxmin()]


def _ratios(row: Any) -> str:
    return f"SNR {row.median_snr_db:.0f} dB, SI-SDR {row.median_si_sdr_db:.0f} dB"


def _at(row: Any) -> str:
    return f"eps {row.eps:g} dB"


def _level(ours: Measured, printed: Printed) -> str:
    """Say how far this run's number is from the paper's, and whether the interval holds it."""
    if ours.contains(printed.accuracy):
        return "Agrees within the 95 % interval."
    points = 100 * (ours.accuracy - printed.accuracy)
    return f"{abs(points):.1f} points {'higher' if points > 0 else 'lower'}."


def _cause_in_corpus(results: Results) -> str:
    if results.source == "audiomnist":
        return ""
    n = results.accuracies["train"].n if "train" in results.accuracies else 0
    return f"Another corpus: {n:,} training recordings; the paper's AudioMNIST has {TRAINED_ON:,}."


def _not_run(printed: Printed, reading: str) -> Comparison:
    return Comparison(printed, reading, None, "", "Not part of this study.")
