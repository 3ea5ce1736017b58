"""What figures are drawn from: files by their keys, and options.

The keys of evaluations and victims are their own paths.
"""

from collections.abc import Iterable
from dataclasses import asdict

from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.core.plugins import FAMILIES
from mishear.study import paths
from mishear.study.evaluations import Evaluation, first_victim
from mishear.study.figure_types import Figure, Inputs, Options
from mishear.study.folds import folds, splits, wildcard
from mishear.study.paths import number_name
from mishear.study.poisons import poison_definition
from mishear.study.selections import (
    attack_definitions,
    families,
    minimisations,
    poisoned_evaluations,
    shown_evaluations,
    sweep_labels,
    victims,
    waveform_attacks,
)
from mishear.study.sizes import shown_size
from mishear.study.trainings import recipe_of, reference_training, trainings_of
from mishear.study.units import unit_file


def table(config: Config, name: str) -> str:
    """Return the path of one of the study's tables."""
    return paths.report(config.study.name, f"{name}.csv")


def split(config: Config, figure: Figure) -> Inputs:
    """Return the split of the figure's corpus; of its first fold."""
    fold = wildcard(folds(config, figure.corpus)[0])
    return {"split": paths.SPLIT.format(corpus=figure.corpus, fold=fold)}


def summary(config: Config, figure: Figure) -> Inputs:
    """Return the summary of the study over its seeds and the split of the figure's corpus."""
    return {"summary_over_seeds": table(config, "summary_over_seeds"), **split(config, figure)}


def accuracy_inputs(config: Config, figure: Figure) -> Inputs:
    """Return the same and the summary with a row per seed."""
    return summary(config, figure) | {"summary": table(config, "summary")}


def sounds(config: Config, figure: Figure) -> Inputs:
    """Return that summary and the table of audio quality and recognition."""
    return summary(config, figure) | {"audio_quality": table(config, "audio_quality_over_seeds")}


def results(evaluations: Iterable[Evaluation]) -> Inputs:
    """Return the rows per recording of some evaluations."""
    return {evaluation.path: evaluation.results for evaluation in evaluations}


def reference(config: Config, network: str) -> str | None:
    """Return the name of the training that stands for a network."""
    training = reference_training(config, network)
    return training.name if training else None


def accuracy_options(config: Config, _: Figure) -> Options:
    """Return the attacks on the input."""
    return {
        "attacks": {name: asdict(found) for name, found in attack_definitions(config).items()},
        "paper_reference": config.report.paper_reference,
    }


def distance_inputs(config: Config, figure: Figure) -> Inputs:
    """Return the evaluations without a limit on the change, and who is tested in all folds."""
    return (
        {
            f"split/{each['corpus']}/{each['path']}": each["path"]
            for each in splits(config)
            if each["corpus"] == figure.corpus
        }
        | split(config, figure)
        | results(minimisations(config, figure.setting))
    )


def distance_options(config: Config, figure: Figure) -> Options:
    """Return recipe, seed and attack of each evaluation without a limit on the change."""
    return {
        "evaluations": {
            found.path: {
                "recipe": found.victim.recipe,
                "seed": found.victim.seed,
                "attack": found.attack,
            }
            for found in minimisations(config, figure.setting)
        },
        "attacks": list(attack_definitions(config)),
        "paper_reference": config.report.paper_reference,
    }


def confusion_inputs(config: Config, figure: Figure) -> Inputs:
    """Return the evaluation of each attack at the eps that is shown."""
    return split(config, figure) | results(shown_evaluations(config, figure.setting, figure.recipe))


def confusion_options(config: Config, figure: Figure) -> Options:
    """Return the attack and the eps of each evaluation that is shown."""
    found = shown_evaluations(config, figure.setting, figure.recipe)
    return {"evaluations": {each.path: {"attack": each.attack, "eps": each.eps} for each in found}}


def gallery_inputs(config: Config, figure: Figure) -> Inputs:
    """Return the adversarial inputs of the evaluation that is shown, and its results."""
    victim = first_victim(config, figure.setting, figure.recipe)
    shown = Evaluation(victim, NO_DEFENCE, figure.attack, figure.eps)
    return split(config, figure) | {"examples": shown.examples, "results": shown.results}


def gallery_options(config: Config, _: Figure) -> Options:
    """Return the recordings that are shown, and the colours of spectrograms."""
    recordings = config.report.gallery.recordings
    return {"recordings": recordings, "colour_map": config.report.colour_map}


def tradeoff_options(config: Config, figure: Figure) -> Options:
    """Return the recipe of each training and what distinguishes it from others of the recipe."""
    return {
        "families": families(config),
        "labels": sweep_labels(config),
        "eps": shown_size(config, figure.setting),
    }


def poisoning_options(config: Config, figure: Figure) -> Options:
    """Return what the poison does, and the network's trainings without poison."""
    return {
        "poison": poison_definition(config, figure.recipe),
        "unpoisoned": [
            training.name
            for training in trainings_of(config, figure.network)
            if recipe_of(config, training).poison is None
        ],
        "paper_reference": config.report.paper_reference,
    }


def recording_inputs(config: Config, figure: Figure) -> Inputs:
    """Return waveforms, spectrograms clean and poisoned, and the evaluations on the poisoned ones.

    The keys of what is poisoned end with its amplitude.
    """
    names = {"corpus": figure.corpus, "front_end": figure.front_end}
    inputs = split(config, figure)
    shards = config.corpora[figure.corpus].shards
    for shard in range(shards):
        waveforms = paths.WAVEFORM_SHARD.format(**names, shard=shard, shards=shards)
        inputs[f"waveforms/{shard}"] = waveforms
        inputs[f"waveforms_digest/{shard}"] = paths.digest(waveforms)
    inputs["clean"] = paths.spectrograms(paths.CLEAN).format(**names)
    inputs["clean_bounds"] = unit_file(figure.setting)
    for amplitude in map(number_name, config.recipes[figure.recipe].poison.amplitudes):
        place = names | {"poison": figure.recipe, "amplitude": amplitude}
        inputs[f"poisoned/{amplitude}"] = paths.spectrograms(paths.POISONED).format(**place)
        inputs[f"poisoned_bounds/{amplitude}"] = paths.bounds(paths.POISONED).format(**place)
    for found in poisoned_evaluations(config, figure.setting, figure.recipe):
        inputs[f"results/{number_name(found.eps)}"] = found.results
    return inputs


def recording_options(config: Config, figure: Figure) -> Options:
    """Return the poison at each amplitude, by the amplitude as in the keys of the inputs."""
    return {
        "poisons": {
            number_name(amplitude): poison_definition(config, figure.recipe, amplitude)
            for amplitude in config.recipes[figure.recipe].poison.amplitudes
        },
        "sample_rate": config.front_ends[figure.front_end].sample_rate,
        "colour_map": config.report.colour_map,
    }


def snr_options(config: Config, figure: Figure) -> Options:
    """Return the attacks on the waveform and the training that is attacked."""
    network = figure.network
    return {
        "attacks": waveform_attacks(config, network),
        "reference": reference(config, network),
    }


def training_inputs(config: Config, figure: Figure) -> Inputs:
    """Return the epochs of each victim."""
    return {victim["path"]: victim["history"] for victim in victims(config, figure.setting)}


def training_options(config: Config, figure: Figure) -> Options:
    """Return recipe, swept values and seed of each victim."""
    return {"victims": {victim["path"]: victim for victim in victims(config, figure.setting)}}


def poison_class(config: Config, figure: Figure) -> list[str]:
    """Return the class of the figure's poison."""
    return [FAMILIES["poisons"].path(config.recipes[figure.recipe].poison.class_)]
