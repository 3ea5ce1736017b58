"""Names that are chosen are defined, and what is chosen fits together."""

import pytest

from tests.unit.config.changes import assert_refused, put

MEDIAN = {"class": "MedianSmoothing"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("study/attacks", ["fgms"]), ["study.attacks", "'fgms'", "did you mean 'fgsm'"]),
        (put("study/corpora", ["librispeech"]), ["'librispeech' is not defined", "Defined: es"]),
        (put("study/defences", ["magic"]), ["study.defences", "'magic'", "Defined: none"]),
        (put("recipes/standard/attacks", ["no"]), ["recipes.standard.attacks", "'no'"]),
        (put("recipes/standard/defences", ["no"]), ["recipes.standard.defences", "'no'"]),
        (
            put("recipes/noise/poison/detectors", ["x"]),
            ["recipes.noise.poison.detectors", "'x'", "Defined: none"],
        ),
        (put("listening", {"recognisers": ["no"]}), ["listening.recognisers", "'no'"]),
        (
            put("listening", {"recognisers": [], "inversion": {"attacks": ["no"]}}),
            ["listening.inversion.attacks", "'no'", "Defined: "],
        ),
        (
            put("listening", {"inversion": {"attacks": ["waveform-pgd"]}}),
            ["listening.inversion.attacks", "'waveform-pgd'", "domain: spectrogram"],
        ),
        (put("checks/attacks", ["fgms"]), ["checks.attacks", "'fgms'", "did you mean 'fgsm'"]),
        (
            put("defences", {"m": MEDIAN, "both": {"chain": ["m", "mm"]}}),
            ["defences.both.chain", "'mm' is not defined", "did you mean 'm'"],
        ),
        (
            put("defences", {"m": MEDIAN, "a": {"chain": ["m"]}, "b": {"chain": ["a", "m"]}}),
            ["defences.b.chain", "'a' is a chain itself"],
        ),
        (put("defences", {"a": {"chain": ["a"]}}), ["defences.a.chain", "a chain itself"]),
        (
            put("defences", {"a": {"chain": ["none"]}}),
            ["defences.a.chain", "'none'", "not defined"],
        ),
        (put("defences", {"none": MEDIAN}), ["defences.none", "stands for no defence"]),
        (put("recipes/fgsm", {"poison": {"class": "Mine", "rate": [1]}}), ["same name"]),
        (put("attacks/pgd/after", ["no"]), ["attacks.pgd.after", "'no' is not defined"]),
        (put("attacks/cw/after", ["fgsm"]), ["attacks.cw.after", "'fgsm' is not run at eps inf"]),
        (
            put("attacks/waveform-pgd/after", ["fgsm"]),
            ["attacks.waveform-pgd.after", "domain: spectrogram"],
        ),
        (
            put("attacks/pgd", {"class": "LinfPGD", "eps": [1], "after": ["fgsm"], "shards": 2}),
            ["attacks.pgd.after", "shards: 1"],
        ),
        (
            put("attacks/pgd/after", ["waveform-pgd"]),
            ["attacks.pgd.after", "'waveform-pgd'", "changes the waveform"],
        ),
        (
            put("defences", {"m": MEDIAN | {"attacks": ["no"]}}),
            ["defences.m.attacks", "'no' is not defined"],
        ),
        (
            put("recipes/a", {"adversarial": {"eps": [1], "library": "art"}, "schedule": "cosine"}),
            ["recipes.a.adversarial.library", "Remove them"],
        ),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)
