"""Examples of targeted attacks, gathered for the page on which they can be played."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mishear.attacks.waveform import within_full_scale
from mishear.core.flac import STEPS, sixteen_bit
from mishear.core.units import FULL_SCALE, labelled
from mishear.evaluation.reached import Reached, read_reached
from mishear.evaluation.recordings import Recordings, select, select_waveforms
from mishear.features.front_ends.building import can_be_inverted, unit_of
from mishear.features.front_ends.waveform import Waveform
from mishear.features.split import Division
from mishear.listening.inversion import AT_ONCE, inverted
from mishear.report.audio_examples import Classifier
from mishear.report.drawing.words import limit_in_words
from mishear.report.targeted_page import AimedAttack, AimedSound, Played
from mishear.study.paths import number_name

Pair = tuple[str, str]
"""True class and target."""


@dataclass(frozen=True)
class Originals:
    """The corpus before an attack, in both domains.

    Attributes
    ----------
    waveforms, inputs
        All recordings of the corpus, in order: samples, and inputs of the network.
    """

    waveforms: Recordings
    inputs: Recordings


@dataclass(frozen=True)
class Sources:
    """What examples are turned into sounds with.

    Attributes
    ----------
    classifier
        The victim whose predictions are shown.
    iterations
        Of the inverse of its front end, where it has some.
    """

    originals: Originals
    classifier: Classifier
    iterations: int


def originals(waveforms: Iterable[Path], spectrograms: Path, division: Division) -> Originals:
    """Return the corpus before an attack.

    Parameters
    ----------
    waveforms
        The ``.npy`` files of the waveforms, in order.
    spectrograms
        That of the network's inputs.
    division
        Names and labels of the recordings.
    """
    rows = np.arange(len(division.recordings))
    return Originals(
        select_waveforms(list(waveforms), division, rows), select(spectrograms, division, rows)
    )


def aimed_attacks(
    attacks: Mapping[str, Mapping[str, Any]], files: Mapping[str, str], sources: Sources
) -> list[AimedAttack]:
    """Gather the examples of every attack.

    Parameters
    ----------
    attacks
        See :func:`mishear.study.targeted_page.page_attacks`.
    files
        See :func:`mishear.study.targeted_page.page_inputs`.
    sources
        What examples are turned into sounds with.
    """
    return [
        aimed_attack(
            name,
            keys,
            [Path(files[f"examples/{name}/{number_name(eps)}"]) for eps in keys["eps"]],
            sources,
        )
        for name, keys in attacks.items()
    ]


def aimed_attack(
    name: str, keys: Mapping[str, Any], files: Sequence[Path], sources: Sources
) -> AimedAttack:
    """Gather an example of each pair of classes that an attack reaches.

    Parameters
    ----------
    name
        Of the attack.
    keys
        Its ``domain``, ``budget`` and ``eps``, the smallest perturbation first.
    files
        For each eps its examples, see :mod:`mishear.evaluation.reached`.
    sources
        What they are made into sounds with.
    """
    front_end = sources.classifier.front_end
    on_waveform = keys["domain"] == "waveform"
    unit = FULL_SCALE if on_waveform else unit_of(front_end)
    quantity = "SNR, dB" if keys["budget"] == "snr" else labelled("eps", unit)
    attack = AimedAttack(
        name,
        keys["domain"],
        quantity,
        sources.originals.inputs.classes,
        is_approximate=not (on_waveform or isinstance(front_end, Waveform)),
    )
    if not (on_waveform or can_be_inverted(type(front_end))):
        obstacle = f"The front end, {type(front_end).__name__}, has no inverse to sound."
        return replace(attack, obstacle=obstacle)
    sounds = _sounds(smallest(files, keys["eps"]), keys, unit, sources)
    return replace(attack, sounds=list(sounds))


def _sounds(
    examples: Mapping[Pair, tuple[float, Reached]],
    keys: Mapping[str, Any],
    unit: str,
    sources: Sources,
) -> Iterator[AimedSound]:
    on_waveform = keys["domain"] == "waveform"
    first = dict.fromkeys(example.recording for _, example in examples.values())
    before = dict(zip(first, _clean(list(first), on_waveform, sources), strict=True))
    changed = [example.adversarial for _, example in examples.values()]
    after = _played(changed, on_waveform, sources)
    for (pair, (eps, example)), played in zip(examples.items(), after, strict=True):
        number = "no limit" if np.isinf(eps) else number_name(eps)
        limit = limit_in_words(keys["budget"], eps, unit)
        original = before[example.recording]
        yield AimedSound(*pair, example.recording, limit, number, original, played)


def smallest(
    files: Sequence[Path], every_eps: Sequence[float]
) -> dict[Pair, tuple[float, Reached]]:
    """Return for each pair of classes the example at the first eps that has one.

    Pairs are in the order of their labels.
    """
    found: dict[Pair, tuple[float, Reached]] = {}
    for file, eps in zip(files, every_eps, strict=True):
        for example in read_reached(file):
            found.setdefault(example.pair, (eps, example))
    return dict(sorted(found.items()))


def _clean(names: Sequence[str], on_waveform: bool, sources: Sources) -> Iterator[Played]:
    """Return the recordings before the attack, in the form in which they are attacked."""
    given = sources.originals
    of_domain = given.waveforms if on_waveform else given.inputs
    if not names:
        return iter(())
    rows = [int(np.flatnonzero(of_domain.names == name)[0]) for name in names]
    inputs = of_domain.read(of_domain.rows[rows])
    return _played(within_full_scale(inputs) if on_waveform else inputs, on_waveform, sources)


def _played(given: Sequence[np.ndarray], on_waveform: bool, sources: Sources) -> Iterator[Played]:
    """Yield sounds, and the classes that the victim predicts for them as they are played."""
    classifier, classes = sources.classifier, sources.originals.inputs.classes
    for start in range(0, len(given), AT_ONCE):
        sounds = np.stack(given[start : start + AT_ONCE])
        if not on_waveform:
            made = inverted(sounds, classifier.front_end, classifier.samples, sources.iterations)
            sounds = np.concatenate(list(made))
        sounds = sixteen_bit(sounds).astype(np.float32) / STEPS
        with torch.inference_mode():
            features = classifier.front_end(torch.from_numpy(sounds).unsqueeze(1))
            predicted = classifier.victim.predict(features, seed=0).tolist()
        for sound, number in zip(sounds, predicted, strict=True):
            yield Played(sound, classes[number])
