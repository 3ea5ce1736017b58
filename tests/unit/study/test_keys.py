"""The keys of the rows of a study's tables."""

from mishear.config.loading import load
from mishear.study.detections import detections
from mishear.study.evaluations import evaluations
from mishear.study.keys import (
    certificate_keys,
    certified,
    corruption_keys,
    detection_keys,
    inversion_keys,
    ratio_keys,
    sound_keys,
    summary_keys,
)
from mishear.study.sounds import inversions, ratio_evaluations, sounds
from tests.unit.study.configs import NOISE, NOISY, PLAIN, config, raw

LISTENING = {"recognisers": [], "inversion": {"attacks": ["pgd"]}}
FINDER = {"finder": {"class": "NeighbourDisagreement"}}


def test_the_summary_says_what_a_victim_was_trained_with():
    keys = summary_keys(config(used=["adversarial", "gaussian"]))
    values = [(row["recipe"], row["training_eps"], row["training_sigma"]) for row in keys]
    assert list(dict.fromkeys(values)) == [
        ("adversarial-eps0.5", 0.5, None),
        ("adversarial-eps2", 2, None),
        ("gaussian-sigma3", None, 3),
    ]


def test_the_summary_says_how_each_was_attacked():
    keys = summary_keys(config(PLAIN | NOISY, defences=["none", "median"]))
    found = dict.fromkeys(
        (row["defence"], row["attack"], row["evaluation"], row["source"])
        for row in keys
        if row["recipe"] == "standard"
    )
    assert list(found) == [
        ("none", "pgd", "adaptive", None),
        ("none", "noise", None, None),
        ("median", "pgd", "transfer", "standard"),
        ("median", "pgd", "adaptive", None),
        ("median", "noise", None, None),
    ]


def test_a_victim_that_gives_only_scores_has_no_gradient_and_the_attacks_of_its_network():
    content = raw(PLAIN, attacks=["pgd"])
    content["networks"]["mine"] = {"command": ["a"], "labels": ["a", "b"], "attacks": ["wave"]}
    content["study"] |= {"networks": ["net", "mine"], "corruptions": ["noise"]}
    content["corruptions"] = {"noise": {"class": "WhiteNoise"}}
    found = load(content)
    keys = [*summary_keys(found), *corruption_keys(found)]
    told = {(row["network"], row["attack"], row.get("gradient")) for row in keys}
    assert told == {
        ("net", "pgd", None),
        ("net", None, None),
        ("mine", "wave", "none"),
        ("mine", None, "none"),
    }


def test_every_file_of_a_table_has_its_keys():
    recipes = PLAIN | {"noise": {"poison": NOISE | {"detectors": ["finder"]}}}
    study = {"attacks": ["pgd", "wave"], "defences": ["none", "smoothed"], "seeds": [0, 1]}
    found = config(recipes, detectors=FINDER, listening=LISTENING, **study)
    for keys, files in (
        (summary_keys, evaluations),
        (certificate_keys, certified),
        (detection_keys, detections),
        (inversion_keys, inversions),
        (ratio_keys, ratio_evaluations),
    ):
        assert len(keys(found)) == len(files(found)) > 0


def test_certificates_are_of_the_victims_behind_a_certified_defence():
    recipes = PLAIN | {"noise": NOISY["noise"] | {"defences": ["smoothed"]}}
    found = config(recipes, seeds=[0, 1], defences=["none", "smoothed", "median"])
    assert [row.path for row in certified(found)] == [
        f"results/certificates/a/mel/net/standard/seed{seed}/smoothed.csv" for seed in (0, 1)
    ]
    assert [row["confidence"] for row in certificate_keys(found)] == [0.99, 0.99]


def test_a_sound_without_a_victim_has_no_keys_of_one():
    found = config(PLAIN, attacks=["wave"], listening={"recognisers": []})
    clean, *attacked = (sound_keys(found, sound) for sound in sounds(found))
    assert (clean["kind"], clean["recipe"], clean["budget"]) == ("clean", None, None)
    assert {(row["recipe"], row["budget"], row["eps"]) for row in attacked} == {
        ("standard", "snr", 40),
        ("standard", "snr", 20),
    }
