"""Names that are chosen are defined, and what is chosen fits together."""

import pytest

from mishear.config.loading import load
from mishear.core.errors import UserError
from tests.unit.config.changes import assert_refused, put

MEDIAN = {"class": "MedianSmoothing"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("study/attacks", ["fgms"]), ["study.attacks", "'fgms'", "did you mean 'fgsm'"]),
        (put("study/corpora", ["librispeech"]), ["'librispeech' is not defined", "Defined: es"]),
        (
            put("split", {"by": "all"}),
            ["split.by: all leaves nothing to train on, but network"],
        ),
        (put("split", {"by": "all"}), ["split.by: all leaves nothing to poison, but recipe"]),
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


NONSENSE = {
    "front_ends/mel64/sample_rate": 10**18,
    "front_ends/mel64/seconds": float("nan"),
    "recipes/standard/epochs": 10**9,
    "recipes/standard/learning_rate": 1e308,
    "attacks/pgd/restarts": 10**9,
    "attacks/pgd/eps": [True],
    "attacks/waveform-pgd/eps": [-400],
    "evaluation/batch_size": 10**12,
    "study/seeds": list(range(5000)),
    "study/name": "x" * 101,
    "corpora/espeak/shards": 10**7,
}


@pytest.mark.parametrize("path", NONSENSE)
def test_values_that_no_study_can_have_are_refused(raw, path):
    assert_refused(raw, put(path, NONSENSE[path]), [path.replace("/", ".").rpartition(".")[2]])


@pytest.mark.parametrize("section", ["recipes", "networks", "attacks", "corruptions"])
def test_names_that_differ_in_case_only_are_refused(raw, section):
    raw.setdefault("corruptions", {"hiss": {"class": "WhiteNoise"}})
    name, definition = next(iter(raw[section].items()))
    change = put(f"{section}/{name.upper()}", definition)
    assert_refused(raw, change, [f"{section}.{name.upper()}", "differ only in case"])


def test_all_recordings_may_be_the_test_where_nothing_is_learned_on_others(raw):
    raw["networks"]["mine"] = {"class": "A", "weights": "mine.pt", "labels": ["a", "b"]}
    raw["split"] = {"by": "all"}
    raw["study"] |= {"networks": ["mine"], "recipes": [], "attacks": ["fgsm"]}
    assert load(raw).split.by == "all"
    raw["attacks"]["u"] = {"class": "mishear.attacks.universal.UniversalPGD", "universal": True}
    raw["attacks"]["u"] |= {"eps": [1]}
    raw["study"]["attacks"] = ["u"]
    with pytest.raises(UserError, match="no recordings to learn a universal perturbation on"):
        load(raw)
    raw["study"]["attacks"], raw["transfer"] = [], {"attacks": ["u"]}
    with pytest.raises(UserError, match="Remove 'u' from transfer.attacks"):
        load(raw)
