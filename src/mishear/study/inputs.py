"""The files that a rule's jobs read, from the wildcards of a job.

Each function takes the plan and the wildcards, and returns the files by the names under which the
script finds them.
"""

from dataclasses import replace

from mishear.study import paths
from mishear.study.classes import defence_classes, detector_class, is_library
from mishear.study.evaluations import Evaluation, Victim, earlier
from mishear.study.feature_inputs import (
    Files,
    Names,
    division,
    waveform_shards,
    with_digest,
)
from mishear.study.kept import source_evaluation
from mishear.study.networks import weights_files
from mishear.study.plan import Plan

# Training


def training(plan: Plan, names: Names) -> Files:
    """Return what a victim is trained on."""
    return {
        **_spectrograms(names),
        **_poisoned_in_training(plan, names),
        **_kept_recordings(plan, names),
    }


def library_training(plan: Plan, names: Names) -> Files:
    """Return the same for a training by another library, with its packages."""
    return {**training(plan, names), **library_packages(plan, names)}


def _spectrograms(names: Names) -> Files:
    return {
        "spectrograms": paths.spectrograms(paths.CLEAN).format(**names),
        "bounds": paths.bounds(paths.CLEAN).format(**names),
        "split": division(names),
    }


def _poisoned_in_training(plan: Plan, names: Names) -> Files:
    """Return the poisoned recordings of a recipe whose poison changes the waveform."""
    trained = plan.trainings[names["recipe"]]
    if trained.amplitude is None:
        return {}
    return _poisoned(names, trained.recipe, paths.number_name(trained.amplitude))


def _poisoned(names: Names, poison: str, amplitude: str) -> Files:
    place = dict(names, poison=poison, amplitude=amplitude)
    return {
        "poisoned": paths.spectrograms(paths.POISONED).format(**place),
        "poisoned_bounds": paths.bounds(paths.POISONED).format(**place),
    }


def _kept_recordings(plan: Plan, names: Names) -> Files:
    """Return the verdicts of a detector, for a training on the recordings that it kept."""
    trained = plan.trainings[names["recipe"]]
    if trained.detector is None:
        return {}
    place = dict(names, recipe=trained.sibling, detector=trained.detector)
    return {"detection": paths.DETECTION.format(**place)}


def detection(plan: Plan, names: Names) -> Files:
    """Return a victim with the recordings that it was trained on."""
    return {
        **_weights(names),
        **_spectrograms(names),
        **_poisoned_in_training(plan, names),
        **_packages_for(any(map(is_library, detector_class(plan.config, names)))),
    }


def weights(plan: Plan, names: Names) -> list[str]:
    """Return the files that a trained model consists of."""
    network = plan.config.networks[names["network"]]
    return list(map(str, weights_files(network, f"networks.{names['network']}")))


# Evaluation


def victim(plan: Plan, names: Names) -> Files:
    """Return a victim behind a defence: its weights, its classes and the range of its inputs."""
    return {
        **_weights(names),
        "bounds": paths.bounds(paths.CLEAN).format(**names),
        "split": division(names),
        **_defence_packages(plan, names),
    }


def victim_with_inputs(plan: Plan, names: Names) -> Files:
    """Return the same with the spectrograms of the corpus."""
    return {**victim(plan, names), **_spectrograms(names)}


def attacked(plan: Plan, names: Names) -> Files:
    """Return the same with the source model, or the evaluations that this one continues.

    The source model is that of a transfer attack that runs once more.
    """
    continued = earlier(plan.config, _evaluation(names))
    return {
        **victim_with_inputs(plan, names),
        **_source_model(names),
        **({"earlier": [each.results for each in continued]} if continued else {}),
    }


def transfer(plan: Plan, names: Names) -> Files:
    """Return the same with the evaluation of the source model and its adversarial inputs."""
    made = source_evaluation(_evaluation(names))
    found = {"results": made.results, "examples": made.examples}
    return {**victim_with_inputs(plan, names), **{f"source_{key}": found[key] for key in found}}


def victim_with_waveforms(plan: Plan, names: Names) -> Files:
    """Return a victim with the waveforms of the corpus and, for a transfer, the source model."""
    return {
        **victim(plan, names),
        **waveform_shards(plan, names),
        **_source_model(names),
    }


def poisoned_test(plan: Plan, names: Names) -> Files:
    """Return a victim with the clean and the poisoned recordings, where they differ."""
    found = victim_with_inputs(plan, names)
    if plan.config.recipes[names["attack"]].poison.amplitude is None:
        return found
    place = dict(names, poison=names["attack"], amplitude=names["eps"])
    distortions = paths.DISTORTIONS.format(**place)
    poisoned = _poisoned(names, names["attack"], names["eps"])
    return {**found, **poisoned, "distortions": distortions}


def evaluation_shards(plan: Plan, names: Names) -> Files:
    """Return the tables and adversarial inputs of all shards of an evaluation."""
    places = _shard_places(plan, names)
    return {
        "results": list(map(paths.results, places)),
        "examples": list(map(paths.examples, places)),
    }


def waveform_evaluation_shards(plan: Plan, names: Names) -> Files:
    """Return the tables and the audio of all shards of an evaluation."""
    places = _shard_places(plan, names)
    return {
        "results": list(map(paths.results, places)),
        "sounds": list(map(paths.sound, places)),
    }


def inversion(plan: Plan, names: Names) -> Files:
    """Return a victim, the adversarial inputs to invert, and the clean round trip."""
    made = replace(_evaluation(dict(names, defence="none")), source=None)
    return {
        **victim(plan, dict(names, defence="none")),
        "results": made.results,
        "examples": made.examples,
        "round_trip": paths.sound(paths.ROUND_TRIP.format(**names)),
    }


def _weights(names: Names) -> Files:
    return with_digest("victim", paths.WEIGHTS.format(**names))


def _source_model(names: Names) -> Files:
    source = names["defence"].partition("@")[2]
    if not source:
        return {}
    return with_digest("source", paths.WEIGHTS.format(**dict(names, recipe=source)))


def _evaluation(names: Names) -> Evaluation:
    defence, _, source = names["defence"].partition("@")
    eps = float(names["eps"])
    return Evaluation(Victim.of(names), defence, names["attack"], eps, source or None)


def _shard_places(plan: Plan, names: Names) -> list[str]:
    shards = plan.config.attacks[names["attack"]].shards
    return list(paths.in_shards(paths.EVALUATION.format(**names), shards))


# Listening


def spectrograms_of_test(plan: Plan, names: Names) -> Files:
    """Return the spectrograms of a corpus with their range and its split."""
    return _spectrograms(names)


def sound_with_clean(plan: Plan, names: Names) -> Files:
    """Return a sound, the same recordings as they are, and the split they are from."""
    place = {key: getattr(plan.sounds[names["sound"]], key) for key in ("corpus", "front_end")}
    return {
        "sound": paths.sound(names["sound"]),
        "clean": paths.sound(paths.CLEAN_SOUND.format(**place)),
        "split": division(place),
    }


# Other libraries


def library_packages(plan: Plan, names: Names) -> Files:
    """Return the packages of other libraries, and the listing that stands for them."""
    return _packages_for(True)


def victim_with_libraries(plan: Plan, names: Names) -> Files:
    """Return a victim without a defence, the corpus, and the packages of other libraries."""
    return {**_weights(names), **_spectrograms(names), **library_packages(plan, names)}


def _packages_for(needed: bool) -> Files:
    if not needed:
        return {}
    packages, listing = paths.LIBRARY_PACKAGES, paths.LIBRARY_LISTING
    return {"library_packages": packages, "library_listing": listing}


def _defence_packages(plan: Plan, names: Names) -> Files:
    return _packages_for(any(map(is_library, defence_classes(plan.config, names))))
