"""What each figure shows: a caption to read under it, and words in its stead."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mishear.paper.comparison import Results
from mishear.poisoning.poisons import Poison
from mishear.study.plan import number_name

SEEDS = (
    "With several seeds a line is their mean, thin lines are the seeds, and a band runs from the "
    "lowest to the highest limit."
)

CAPTIONS = {
    "accuracy": "Accuracy on the test recordings against eps, the largest change of any point of "
    "the spectrogram. Bands: 95 % Wilson intervals.",
    "distance": "Accuracy against the L2 change allowed, for attacks that look for the smallest "
    "change: a recording counts as misheard from the change on at which the attack succeeded "
    "with it. Bands: 95 % Wilson intervals.",
    "tradeoff": "Accuracy on clean recordings against accuracy when a recording counts as misheard "
    "if any attack of the study succeeds, transfer or adaptive. Lines join the trainings of one "
    "recipe. Bars: 95 % Wilson intervals.",
    "certificates": "Share of the test recordings heard right whatever is changed up to an L2 "
    "radius. Bands: 95 % Wilson intervals over the recordings; each recording's radius holds with "
    "the confidence level of the config, and ends where its number of draws can certify no more. "
    "An L2 radius is over all points: an eps at each of n points makes an L2 norm of eps times the "
    "root of n.",
    "ratios": "Share of the test recordings heard right after attacks on the sound itself, "
    "saved with 16 bits, by the victim and, dashed, by speech recognisers, among what these "
    "recognise when clean. Bars: the ratio at which the victim's accuracy is halved, with its 95 % "
    "interval. Bands: 95 % Wilson intervals.",
    "ears": "Share of the test recordings heard right when noise is added, and how good they "
    "sound: medians of PESQ (1 to 4.64, no difference) and STOI (0 to 1). Bands: 95 % Wilson "
    "intervals.",
    "confusion": "Which class is heard as which: counts of test recordings, shaded by their share "
    "of the class spoken, with the accuracy above. First seed.",
    "recording": "One test recording clean and poisoned, with what the unpoisoned victim hears. "
    "SNR: speech against what was added, over the active speech; not given where nothing was added "
    "to the speech itself.",
    "training": "Loss and accuracy of every victim by epoch, less those trained once more on what "
    "a detector kept. Training figures are running means over what was trained on, poison, "
    "noise and adversarial inputs included; validation recordings are always clean.",
}

BANDS = "Bands: 95 % Wilson intervals, with several seeds from the lowest to the highest limit."


def poisoning_caption(poison: Poison) -> str:
    """Describe a poison and what its figure shows."""
    if poison.against == "amplitude":
        shown = (
            "Accuracy against its amplitude, for victims trained without it and with it. Bars: "
            "95 % Wilson intervals."
        )
    elif poison.target is None:
        shown = f"Accuracy on the test recordings, whose labels are right. {BANDS}"
    else:
        trigger = " when they are changed in the same way" if poison.changes_waveform else ""
        shown = (
            f"Above: test recordings of {poison.victims} classified as {poison.target}{trigger}. "
            f"{BANDS}"
        )
    return f"{poison.description()} {shown}"


def caption(figure: Mapping[str, Any], seeds: int, poisons: Mapping[str, Poison]) -> str:
    """The caption of a figure of :mod:`mishear.study.figures`."""
    if figure["kind"] == "poisoning":
        return poisoning_caption(poisons[figure["recipe"]])
    if figure["kind"] == "gallery":
        return (
            f"{figure['attack']}, {limit(figure['eps'])}: recordings clean, adversarial, and what "
            f"was changed, with what is heard. First seed."
        )
    text = CAPTIONS[figure["kind"]]
    several = seeds > 1 and figure["kind"] == "accuracy"
    return f"{text} {SEEDS}" if several else text


def limit(eps: float) -> str:
    """An eps in words."""
    return "no limit on the change" if np.isinf(eps) else f"eps {number_name(eps)} dB"


def alternative(figure: Mapping[str, Any], results: Results) -> str:
    """What a figure shows, for who cannot see it, with its main numbers."""
    match figure["kind"]:
        case "accuracy":
            return f"Line chart of accuracy against eps. {_falls(results)}"
        case "distance":
            return f"Step chart of accuracy against the L2 change allowed. {_distances(results)}"
        case "tradeoff":
            return "Scatter plots of clean accuracy against accuracy in the worst case, by eps."
        case "ratios":
            return (
                "Line chart of accuracy against signal-to-noise ratio for attacks on the waveform."
            )
        case "ears":
            return (
                f"Line charts of accuracy, recognition rate, PESQ and STOI against the amplitude "
                f"of {figure['recipe']}."
            )
        case "certificates":
            return "Line chart of certified accuracy against L2 radius."
        case "confusion":
            return f"Confusion matrices of recipe {figure['recipe']}, clean and under each attack."
        case "gallery":
            return (
                f"Spectrograms of recordings clean, after {figure['attack']} with "
                f"{limit(figure['eps'])}, and their differences; recipe {figure['recipe']}."
            )
        case "poisoning":
            if results.poisons[figure["recipe"]].against == "amplitude":
                return f"Line charts of accuracy against amplitude. {_amplitudes(figure, results)}"
            return f"Line charts against the poisoning rate. {_rates(figure, results)}"
        case "recording":
            return (
                f"Waveform and spectrogram of one recording, clean and with poison "
                f"{figure['recipe']} at each amplitude."
            )
        case "training":
            return "Line charts of loss and accuracy by epoch, a row for each training."
    raise ValueError(figure["kind"])


def _falls(results: Results) -> str:
    texts = []
    for attack in results.attacks:
        rows = results.of_reference(attack)
        rows = rows[np.isfinite(rows.eps)]
        if len(rows):
            first, last = rows.iloc[0], rows.iloc[-1]
            texts.append(
                f"{attack}: {first.accuracy:.3f} at {first.eps:g} dB, "
                f"{last.accuracy:.3f} at {last.eps:g} dB"
            )
    return "; ".join(texts) + "."


def _distances(results: Results) -> str:
    texts = []
    for attack in results.attacks:
        rows = results.of_reference(attack)
        for row in rows[np.isinf(rows.eps)].itertuples():
            texts.append(
                f"{attack}: {row.accuracy:.3f} without limit, median L2 {row.median_l2:.1f} dB"
            )
    return "; ".join(texts) + "."


def _amplitudes(figure: Mapping[str, Any], results: Results) -> str:
    rows = results.of_reference(figure["recipe"])
    texts = [f"{row.accuracy:.3f} at {row.eps:g}" for row in rows.itertuples()]
    return f"Trained without poison, on poisoned recordings: {', '.join(texts)}."


def _rates(figure: Mapping[str, Any], results: Results) -> str:
    texts = []
    for row in results.of_poisoned(figure["recipe"]).itertuples():
        amplitude = f"amplitude {number_name(row.eps)}, " if row.eps else ""
        success = ""
        if not np.isnan(row.attack_success_rate):
            success = f"success {row.attack_success_rate:.3f}, "
        texts.append(
            f"{amplitude}{row.poisoning_rate * 100:g} %: {success}"
            f"clean accuracy {row.clean_accuracy:.3f}"
        )
    return "; ".join(texts) + "."
