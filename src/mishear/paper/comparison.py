"""The figures the paper prints, and this run's numbers beside them.

Every remark on a difference is chosen from the numbers of the run; none is fixed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mishear.core.statistics import Measured
from mishear.evaluation.measurements import measured
from mishear.poisoning.base import Poison
from mishear.poisoning.poisons import UniformNoise
from mishear.study.reported import AttackDefinition


@dataclass(frozen=True)
class Printed:
    """A figure that the paper prints.

    Attributes
    ----------
    quantity
        What it is, in words.
    short
        The same for labels in figures.
    accuracy
        Between 0 and 1.
    place
        Where it stands in the paper.
    eps
        dB, of figures that are the lowest of a sweep.
    """

    quantity: str
    short: str
    accuracy: float
    place: str
    eps: float | None = None


TRAIN = Printed("Accuracy, train", "train", 0.99, "Model, training")
VALIDATION = Printed("Accuracy, validation", "validation", 0.99, "Model, training")
TEST = Printed("Accuracy, test", "test", 0.99, "Model, training")
FGSM = Printed("FGSM, lowest accuracy", "FGSM", 0.17, "Attacks, FGSM", eps=0.95)
PGD = Printed("PGD, lowest accuracy", "PGD", 0.0, "Attacks, PGD", eps=0.95)
CW = Printed("Carlini-Wagner, accuracy", "CW", 0.36, "Attacks, Carlini-Wagner")
POISONING = Printed("Data poisoning, accuracy", "poisoning", 0.17, "Attacks, data poisoning")

PGD_STEP = 0.1
"""dB."""
PGD_STEPS = 5
TRAINED_ON = 24_000
"""Recordings: the paper's share of 0.8 of AudioMNIST's 30,000."""


@dataclass(frozen=True)
class Comparison:
    """A figure of the paper beside this run's.

    ``ours`` is None where the study did not measure it; ``conditions`` says under what it did.
    """

    printed: Printed
    reading: str
    ours: Measured | None
    conditions: str
    remark: str


@dataclass(frozen=True)
class Results:
    """What a study measured with one corpus, front end and network.

    Attributes
    ----------
    table
        Its rows, see :func:`mishear.evaluation.measurements.over_seeds`.
    accuracies
        On clean recordings, for each split, of the reference recipe.
    reference
        The first recipe without poison; None if the study has none.
    attacks
        Class and parameters of each of the study's attacks.
    source
        The corpus's kind, such as ``audiomnist``.
    corpus
        The corpus's name.
    poisons
        The poison of each poisoned recipe of the study.
    """

    table: pd.DataFrame
    accuracies: Mapping[str, Measured]
    reference: str | None
    attacks: Mapping[str, AttackDefinition]
    source: str
    corpus: str
    poisons: Mapping[str, Poison]

    def of_reference(self, attack: str) -> pd.DataFrame:
        """The reference recipe without a defence under one attack, in the order of eps."""
        rows = self.table
        chosen = (rows.recipe == self.reference) & (rows.defence == "none")
        return rows[chosen & (rows.attack == attack)].sort_values("eps")

    def of_poisoned(self, poison: str) -> pd.DataFrame:
        """The victims of a poisoned recipe on their own poison, without defence or detector."""
        rows = self.table
        chosen = (rows.poison == poison) & (rows.attack == poison) & (rows.defence == "none")
        return rows[chosen & rows.detector.isna()]


def attacks_in_role(attacks: Mapping[str, AttackDefinition], role: str) -> list[str]:
    """The names of the attacks that do what the paper did.

    Parameters
    ----------
    attacks
        Their definitions. Those that aim at a class do what the paper did not.
    role
        ``fgsm``, ``pgd-paper`` (its step and number of steps), ``pgd`` (any other) or ``cw``.
    """
    return [name for name, definition in attacks.items() if _role(definition) == role]


def _role(definition: AttackDefinition) -> str | None:
    params, restarts = definition.params, definition.restarts
    if definition.targets != "untargeted":
        return None
    match definition.class_.rpartition(".")[2]:
        case "LinfFastGradientAttack" | "FGSM":
            return "fgsm"
        case "LinfPGD" | "PGD" | "LinfProjectedGradientDescentAttack":
            settings = (params.get("abs_stepsize"), params.get("steps"), restarts)
            return "pgd-paper" if settings == (PGD_STEP, PGD_STEPS, 1) else "pgd"
        case "L2CarliniWagnerAttack":
            return "cw"
    return None


def corpus_note(results: Results) -> str:
    """What to keep in mind when comparing with the paper, from the corpus's kind."""
    n = results.accuracies["test"].n if results.accuracies else 0
    if results.source == "audiomnist":
        return f"The paper's corpus, AudioMNIST, with {n:,} test recordings."
    synthetic = " It is synthesised speech." if results.source == "espeak" else ""
    return (
        f"{results.corpus} is another corpus than the paper's AudioMNIST, with {n:,} test "
        f"recordings: the numbers answer the same questions, on other recordings.{synthetic}"
    )


def compare(results: Results) -> list[Comparison]:
    """Every figure of the paper beside this run's."""
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
                "Batch size, padding and the kind of split, which the paper does not give, are "
                "the likely cause."
            )
        conditions = f"recipe {results.reference}"
        yield Comparison(printed, "", ours, conditions, f"{_level(ours, printed)} {cause}".strip())


def _fgsm(results: Results) -> Iterator[Comparison]:
    for name, row in _lowest(results, "fgsm"):
        ours = measured(row)
        remark = _level(ours, FGSM)
        if not ours.contains(FGSM.accuracy):
            if _swapped(results):
                remark += " The paper's pair for FGSM and PGD fits this run better swapped."
            else:
                remark += f" {_cause_in_corpus(results) or _UNSTATED}"
        yield Comparison(FGSM, name, ours, _at(row), remark)
    if not list(_lowest(results, "fgsm")):
        yield _not_run(FGSM, "")


_UNSTATED = "Preprocessing that the paper does not state moves where the curve falls."


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
        return "Its step grows with eps, so it can use all of eps."
    return f"Its steps of {params['abs_stepsize']:g} dB travel far enough."


def _reach(results: Results, name: str) -> str:
    """How far the paper's PGD gets, and how it compares with FGSM at the paper's eps."""
    travelled = PGD_STEP * PGD_STEPS
    reach = f"{PGD_STEPS} steps of {PGD_STEP:g} dB travel at most {travelled:g} dB"
    pair = _at_paper_eps(results)
    if pair is None:
        return f"{reach}, whatever eps allows."
    fgsm, pgd = pair
    numbers = f"at eps {FGSM.eps:g} ({pgd:.3f} against {fgsm:.3f})"
    if pgd <= fgsm:
        return f"{reach}; it still is no weaker than FGSM {numbers}."
    ending = "; swapped, the paper's pair would be nearer." if _swapped(results) else "."
    return f"{reach}, so it is weaker than FGSM {numbers}{ending}"


def _at_paper_eps(results: Results) -> tuple[float, float] | None:
    """Accuracies under FGSM and the paper's PGD at the eps of the paper's lowest figures."""
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
    """Whether the paper's pair for FGSM and PGD is nearer to this run's when exchanged."""
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
            f"{_level(ours, CW)} It depends on the search ({searches} search steps here), and "
            f"means nothing without the L2 it took (median {taken}; the paper gives none)."
        )
        if row.rejected:
            remark += f" {int(row.rejected)} returned recordings count as failures."
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
    """Three readings of the paper's figure, at the amplitude where the first is nearest to it."""
    sweep = results.of_poisoned(poison)
    sweep = sweep[sweep.poisoning_rate == sweep.poisoning_rate.max()]
    retrained = sweep[sweep.poison_amplitude == standard.eps].iloc[0]
    place = f"amplitude {standard.eps:g}, SNR {standard.median_snr_db:.0f} dB"
    rate = f"{retrained.poisoning_rate * 100:g} % of training poisoned"
    mismatch, matched = measured(standard), measured(retrained)
    other = measured(retrained, clean=True)
    yield Comparison(
        POISONING,
        f"{results.reference}, poisoned test",
        mismatch,
        place,
        f"{_level(mismatch, POISONING)} Only the test is noisy: training and test do not match.",
    )
    yield Comparison(
        POISONING,
        "retrained, poisoned test (the paper's words)",
        matched,
        f"{place}, {rate}",
        f"{_level(matched, POISONING)} {_matched_remark(matched, sweep)}",
    )
    yield Comparison(
        POISONING,
        "retrained, clean test",
        other,
        f"{place}, {rate}",
        f"{_level(other, POISONING)} {_mismatch_remark(matched, other)}",
    )


def _matched_remark(matched: Measured, sweep: pd.DataFrame) -> str:
    lowest = sweep.loc[sweep.accuracy.idxmin()]
    if matched.contains(POISONING.accuracy):
        return "With noise in training as in test the figure comes back."
    if matched.accuracy < POISONING.accuracy:
        return "Noise of this size buries the speech."
    return (
        f"With the same noise in training the network copes; lowest of all amplitudes "
        f"{lowest.accuracy:.3f}, at {lowest.eps:g} (SNR {lowest.median_snr_db:.0f} dB)."
    )


def _mismatch_remark(matched: Measured, clean: Measured) -> str:
    if clean.high < matched.low:
        return "The same mismatch the other way round: noise in training alone."
    return "Training on noise costs no accuracy on clean recordings here."


def _lowest(results: Results, role: str) -> Iterator[tuple[str, Any]]:
    """For each attack in a role that was run, its row of lowest accuracy."""
    for name in attacks_in_role(results.attacks, role):
        rows = results.of_reference(name)
        if not rows.empty:
            yield name, rows.loc[rows.accuracy.idxmin()]


def _at(row: Any) -> str:
    return f"eps {row.eps:g} dB"


def _level(ours: Measured, printed: Printed) -> str:
    """How far this run's number is from the paper's, in points, and whether that means much."""
    if ours.contains(printed.accuracy):
        return "Agrees within the interval."
    points = 100 * (ours.accuracy - printed.accuracy)
    return f"{abs(points):.1f} points {'higher' if points > 0 else 'lower'}."


def _cause_in_corpus(results: Results) -> str:
    if results.source == "audiomnist":
        return ""
    n = results.accuracies["train"].n if "train" in results.accuracies else 0
    return f"Another corpus: {n:,} training recordings, the paper's AudioMNIST {TRAINED_ON:,}."


def _not_run(printed: Printed, reading: str) -> Comparison:
    return Comparison(printed, reading, None, "", "Not part of this study.")
