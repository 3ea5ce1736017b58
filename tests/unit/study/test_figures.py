"""Which figures a study has, and what each is drawn from."""

from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

import mishear.report.figures
from mishear.config.loading import load
from mishear.study.figure_types import Figure
from mishear.study.figures import (
    FIGURES,
    drawing_inputs,
    drawing_options,
    figures,
    report_labels,
    title,
)
from mishear.study.paths import is_large
from tests.unit.study.configs import PLAIN, RECIPES, raw


def minimal(more=None, **changes):
    raw = {
        "study": {
            "name": "s",
            "corpora": ["a"],
            "front_ends": ["mel"],
            "networks": ["net"],
            "recipes": ["standard", "noise"],
            "attacks": ["fgsm", "cw"],
        },
        "corpora": {"a": {"source": "espeak", "shards": 2}, "b": {"source": "espeak"}},
        "front_ends": {"mel": {}},
        "networks": {"net": {"class": "PaperCNN"}},
        "recipes": {
            "standard": {},
            "noise": {"poison": {"class": "UniformNoise", "amplitude": [0.1], "rate": [1]}},
        },
        "attacks": {
            "fgsm": {"class": "LinfFastGradientAttack", "eps": [0.2, 1.0]},
            "cw": {"class": "L2CarliniWagnerAttack"},
        },
    }
    raw["detectors"] = {"finder": {"class": "SpectralSignatures"}}
    raw["study"] |= changes
    raw["recipes"] |= more or {}
    return load(raw)


def paths(config):
    return [figure.path.removeprefix("figures/a/mel/net/") for figure in figures(config)]


def named(config, name):
    return next(figure for figure in figures(config) if figure.name == name)


def test_every_entry_has_a_module_and_every_module_an_entry():
    folder = Path(mishear.report.figures.__file__).parent
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    assert modules == set(FIGURES)


@pytest.mark.parametrize("kind", FIGURES)
def test_every_module_has_the_same_functions(kind):
    module = import_module(f"mishear.report.figures.{kind}")
    assert list(signature(module.draw).parameters) == ["figure", "inputs", "options", "path"]
    assert list(signature(module.caption).parameters) == ["figure", "study"]
    assert list(signature(module.alternative).parameters) == ["figure", "results"]


def test_figures_of_a_study():
    assert paths(minimal()) == [
        "accuracy.svg",
        "distance.svg",
        "standard/confusion.svg",
        "standard/gallery-fgsm.svg",
        "standard/gallery-cw.svg",
        "noise/poisoning.svg",
        "noise/recording.svg",
        "training.svg",
    ]


def test_a_study_without_attacks_has_figures_of_its_poison_alone():
    flips = {"flips": {"poison": {"class": "RandomLabelFlip", "rate": [0.1]}}}
    assert paths(minimal(more=flips, attacks=[], recipes=["standard", "flips"])) == [
        "flips/poisoning.svg",
        "training.svg",
    ]


def test_figures_of_what_is_not_in_the_study_are_left_out():
    assert paths(minimal(attacks=["fgsm"], recipes=["standard"])) == [
        "accuracy.svg",
        "standard/confusion.svg",
        "standard/gallery-fgsm.svg",
        "training.svg",
    ]
    assert paths(minimal(recipes=["noise"])) == [
        "noise/poisoning.svg",
        "noise/recording.svg",
        "training.svg",
    ]


def test_every_corpus_has_its_figures():
    found = [figure.path for figure in figures(minimal(corpora=["a", "b"]))]
    assert len(found) == len(set(found)) == 16


def test_titles_and_labels_tell_figures_apart():
    config = minimal()
    assert title(named(config, "standard/gallery-cw")) == "cw"
    assert report_labels(named(config, "accuracy")) == {"figure": "accuracy against eps"}
    labels = [tuple(report_labels(figure).items()) for figure in figures(config)]
    assert len(set(labels)) == len(labels)


def test_names_of_files_have_no_underscores():
    place = {"corpus": "a", "front_end": "mel", "network": "net"}
    path = Figure("audio_quality", **place, recipe="noise").path
    assert path == "figures/a/mel/net/noise/audio-quality.svg"


@pytest.mark.parametrize("number", range(8))
def test_keys_that_options_mention_are_inputs(number):
    config = minimal()
    figure = figures(config)[number]
    inputs, options = drawing_inputs(config, figure), drawing_options(config, figure)
    assert all(path.startswith("results/") for path in inputs.values())
    for kind in ("evaluations", "victims"):
        assert set(options.get(kind, {})) <= set(inputs)
    for amplitude in options.get("poisons", {}):
        assert {f"poisoned/{amplitude}", f"results/{amplitude}"} <= set(inputs)


def test_arrays_alone_are_large_and_stand_beside_a_hash():
    config = minimal()
    inputs = drawing_inputs(config, named(config, "noise/recording"))
    large = {key for key, path in inputs.items() if is_large(path)}
    assert large == {"waveforms/0", "waveforms/1", "clean", "poisoned/0.1"}
    assert {"waveforms_digest/1", "clean_bounds", "poisoned_bounds/0.1"} <= set(inputs)


def test_options_hold_only_what_a_figure_depends_on():
    """What the report and other figures alone depend on draws no figure again."""
    config = minimal()
    report = config.report.model_copy(update={"colour_map": "viridis"})
    other = config.model_copy(update={"report": report})
    changed = {
        figure.name
        for figure in figures(config)
        if drawing_options(config, figure) != drawing_options(other, figure)
    }
    assert changed == {"standard/gallery-fgsm", "standard/gallery-cw", "noise/recording"}


def two_networks(used, recipes):
    """A study of two networks, of which the other one is trained with the first recipe alone."""
    found = raw(recipes, used)
    found["networks"]["other"] = {"class": "PaperCNN"}
    found["study"] |= {
        "networks": ["net", "other"],
        "victims": [{"networks": ["net"]}, {"networks": ["other"], "recipes": used[:1]}],
    }
    return load(found)


def test_what_is_drawn_of_a_network_is_of_its_own_recipes():
    recipes = RECIPES | {"gaussian": {"noise": {"sigma": [3]}, "defences": ["smoothed"]}}
    study = two_networks(["standard", "gaussian", "both"], recipes)
    kinds = {
        network: {each.kind for each in figures(study) if each.network == network}
        for network in ("net", "other")
    }
    assert kinds["net"] - kinds["other"] >= {"poisoning", "recording", "certificates"}
    poisoning = next(each for each in figures(study) if each.kind == "poisoning")
    assert drawing_options(study, poisoning)["unpoisoned"] == ["standard", "gaussian-sigma3"]


def test_attacks_on_the_waveform_have_a_figure_where_one_has_a_limit():
    free = {"free": {"class": "L2CarliniWagnerAttack", "domain": "waveform"}}

    def kinds_of(chosen, **changes):
        found = raw(PLAIN, attacks=free, **changes)
        found["study"]["attacks"] = chosen
        return {each.kind for each in figures(load(found))}

    assert "waveform" in kinds_of(["wave", "free"])
    assert "waveform" not in kinds_of(["free"])
    assert "waveform" not in kinds_of(["wave"], defences=["median"])
