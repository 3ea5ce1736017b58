"""What figures are drawn from is planned, and their options say what the files hold."""

from math import inf

from mishear.study import figure_inputs, paths
from mishear.study.evaluations import evaluations
from mishear.study.figure_types import Figure
from mishear.study.kept import needed_examples
from tests.unit.study.configs import FLIPS, NOISY, PLAIN, SETTING, config

WHOLE = Figure("accuracy", **SETTING)


def planned(found):
    return {evaluation.results for evaluation in evaluations(found)}


def test_tables_and_splits_are_those_of_the_study():
    found = config(PLAIN)
    assert figure_inputs.summary(found, WHOLE) == {
        "summary_over_seeds": paths.report("s", "summary_over_seeds.csv"),
        "split": paths.SPLIT.format(corpus="a", fold=""),
    }
    assert figure_inputs.accuracy_inputs(found, WHOLE)["summary"].endswith("summary.csv")
    sounds = figure_inputs.sounds(found, WHOLE)
    assert sounds["audio_quality"].endswith("audio_quality_over_seeds.csv")


def test_what_is_confused_is_evaluated_and_has_its_attack_and_eps():
    found = config(PLAIN, attacks=["pgd", "cw"])
    figure = Figure("confusion", **SETTING, recipe="standard")
    inputs = figure_inputs.confusion_inputs(found, figure)
    options = figure_inputs.confusion_options(found, figure)["evaluations"]
    assert set(inputs) - {"split"} == set(options)
    assert set(inputs.values()) - set(figure_inputs.split(found, figure).values()) <= planned(found)
    assert [each["attack"] for each in options.values()] == ["pgd", "cw"]


def test_distances_are_those_of_attacks_without_a_limit():
    found = config(PLAIN, attacks=["pgd", "cw"])
    options = figure_inputs.distance_options(found, WHOLE)
    (evaluation,) = options["evaluations"]
    assert options["evaluations"][evaluation] == {
        "recipe": "standard",
        "seed": 0,
        "attack": "cw",
    }
    assert options["attacks"] == ["pgd", "cw"]
    read = figure_inputs.distance_inputs(found, WHOLE)
    assert set(read) == {"split", "split/a/results/splits/a.csv", evaluation}


def test_a_gallery_shows_adversarial_inputs_that_are_kept():
    found = config(PLAIN, attacks=["pgd", "cw"])
    for attack, eps in (("pgd", 0.5), ("cw", inf)):
        figure = Figure("gallery", **SETTING, recipe="standard", attack=attack, eps=eps)
        inputs = figure_inputs.gallery_inputs(found, figure)
        assert inputs["results"] in planned(found)
        (shown,) = [each for each in evaluations(found) if each.results == inputs["results"]]
        assert inputs["examples"] == shown.examples
        assert shown in needed_examples(found)


def test_a_recording_has_a_spectrogram_for_each_amplitude():
    poison = {"class": "UniformNoise", "amplitude": [0.01, 0.1], "rate": [1.0]}
    found = config(PLAIN | {"noise": {"poison": poison}})
    figure = Figure("recording", **SETTING, recipe="noise")
    inputs = figure_inputs.recording_inputs(found, figure)
    options = figure_inputs.recording_options(found, figure)
    assert list(options["poisons"]) == ["0.01", "0.1"]
    assert [poison["amplitude"] for poison in options["poisons"].values()] == [0.01, 0.1]
    for amplitude in options["poisons"]:
        assert inputs[f"results/{amplitude}"] in planned(found)
        assert f"noise-amplitude{amplitude}" in inputs[f"poisoned/{amplitude}"]


def test_a_poison_is_compared_with_trainings_without_one():
    found = config(PLAIN | NOISY | {"flips": {"poison": FLIPS}})
    figure = Figure("poisoning", **SETTING, recipe="flips")
    options = figure_inputs.poisoning_options(found, figure)
    assert options["unpoisoned"] == ["standard"]
    assert options["poison"]["recipe"] == "flips"
    (path,) = figure_inputs.poison_class(found, figure)
    assert path.endswith("RandomLabelFlip")


def test_each_victim_has_its_epochs():
    found = config(PLAIN | NOISY, seeds=[0, 1])
    inputs = figure_inputs.training_inputs(found, WHOLE)
    options = figure_inputs.training_options(found, WHOLE)["victims"]
    assert list(inputs) == list(options)
    assert len(set(inputs.values())) == 4
    for path, victim in options.items():
        assert inputs[path] == f"results/victims/{path}/history.csv"
        assert f"{victim['training']}/seed{victim['seed']}" in path
