"""The parameters of a rule's jobs, from the wildcards of a job.

Each holds what the results depend on and nothing else, because a change of it reruns the job.
"""

from collections.abc import Mapping
from typing import Any

from mishear.config.networks import Network
from mishear.study import networks, paths
from mishear.study.checks import check_eps as eps_of_check
from mishear.study.evaluations import chain
from mishear.study.folds import fold_in, split_settings
from mishear.study.origins import inspection
from mishear.study.plan import Plan
from mishear.study.poisons import poison_definition
from mishear.study.trainings import training_settings

Names = Mapping[str, str]
"""Wildcards of a job."""


# Corpora and features


def corpus(plan: Plan, names: Names) -> Any:
    """Return the section of a corpus."""
    return plan.config.corpora[names["corpus"]]


def speakers(plan: Plan, names: Names) -> int:
    """Return the speakers of a synthesised corpus."""
    return corpus(plan, names).speakers


def repetitions(plan: Plan, names: Names) -> int:
    """Return the recordings of each word by each speaker of a synthesised corpus."""
    return corpus(plan, names).repetitions


def corpus_seed(plan: Plan, names: Names) -> int:
    """Return the seed of a synthesised corpus."""
    return corpus(plan, names).seed


def archive_key(plan: Plan, names: Names) -> str:
    """Return the key of a corpus that names another archive."""
    return plan.origins[names["corpus"]].key


def urls(plan: Plan, names: Names) -> tuple[str, ...]:
    """Return the addresses of an archive."""
    return plan.origins[names["corpus"]].urls


def sha256(plan: Plan, names: Names) -> str | None:
    """Return the hash that an archive must have; None for any."""
    return corpus(plan, names).sha256


def max_gigabytes(plan: Plan, names: Names) -> float:
    """Return the gigabytes beyond which an archive is refused."""
    return corpus(plan, names).max_unpacked_gigabytes


def max_rejected_share(plan: Plan, names: Names) -> float:
    """Return the largest share of unusable recordings with which the run goes on."""
    return corpus(plan, names).max_rejected_share


def recordings_folder(plan: Plan, names: Names) -> str:
    """Return the folder of a corpus's recordings: the user's own, or the one that a job makes."""
    source = plan.origins[names["corpus"]]
    return source.path if source.kind == "directory" else paths.RECORDINGS.format(**names)


def pattern(plan: Plan, names: Names) -> str:
    """Return the regular expression by which recordings are recognised."""
    return inspection(corpus(plan, names))["pattern"]


def classes(plan: Plan, names: Names) -> list[str] | None:
    """Return the classes of a corpus; None for those that are found."""
    return inspection(corpus(plan, names))["classes"]


def expectation(plan: Plan, names: Names) -> Any:
    """Return what a complete corpus contains; None for anything."""
    return inspection(corpus(plan, names))["expectation"]


def placement(plan: Plan, names: Names) -> dict[str, Any]:
    """Return the settings of a front end that the waveforms depend on."""
    keys = {"sample_rate", "seconds", "leading_zeros", "max_shift", "seed"}
    return plan.config.front_ends[names["front_end"]].model_dump(include=keys)


def front_end(plan: Plan, names: Names) -> dict[str, Any]:
    """Return class, parameters and sample rate of a front end."""
    keys = {"class_", "params", "sample_rate"}
    return plan.config.front_ends[names["front_end"]].model_dump(by_alias=True, include=keys)


def sample_rate(plan: Plan, names: Names) -> int:
    """Return the sample rate of a front end, in Hz."""
    return plan.config.front_ends[names["front_end"]].sample_rate


def samples(plan: Plan, names: Names) -> int:
    """Return the samples of a recording as the front end takes it."""
    front_end = plan.config.front_ends[names["front_end"]]
    return round(front_end.seconds * front_end.sample_rate)


def shards(plan: Plan, names: Names) -> int:
    """Return the parts in which a corpus's features are computed."""
    return int(names["shards"])


def split(plan: Plan, names: Names) -> dict[str, Any]:
    """Return how a corpus is divided."""
    return split_settings(plan.config, names["corpus"])


def fold(plan: Plan, names: Names) -> int | None:
    """Return the fold whose speakers are the test; None without folds."""
    return fold_in(names["fold"])


# Training and poisoning


def seed(plan: Plan, names: Names) -> int:
    """Return the seed of a victim."""
    return int(names["seed"])


def network(plan: Plan, names: Names) -> dict[str, Any]:
    """Return what a network is built from, see :mod:`mishear.study.networks`."""
    return networks.network_definition(*_network(plan, names), sample_rate(plan, names))


def network_key(plan: Plan, names: Names) -> str:
    """Return the key of a network in the config, for messages."""
    return f"networks.{names['network']}"


def weights(plan: Plan, names: Names) -> str:
    """Return the file of a trained model, or its folder; empty for one that gives only scores."""
    return str(networks.weights_path(_network(plan, names)[0]) or "")


def weights_hash(plan: Plan, names: Names) -> str:
    """Return the SHA-256 of the file of a trained model, or of its files."""
    return networks.weights_hash(*_network(plan, names), plan.hashes)


def _network(plan: Plan, names: Names) -> tuple[Network, str]:
    """Return the section of a network, and its key."""
    return plan.config.networks[names["network"]], network_key(plan, names)


def recipe(plan: Plan, names: Names) -> dict[str, Any]:
    """Return the settings of a training."""
    return training_settings(plan.config, plan.trainings[names["recipe"]])


def training_poison(plan: Plan, names: Names) -> dict[str, Any] | None:
    """Return which recordings a training poisons and how they are labelled; None for none."""
    training = plan.trainings[names["recipe"]]
    if training.rate is None:
        return None
    return poison_definition(plan.config, training.recipe, training.amplitude, training.rate)


def poison(plan: Plan, names: Names) -> dict[str, Any]:
    """Return the poison that changes waveforms, at one amplitude."""
    return poison_definition(plan.config, names["poison"], float(names["amplitude"]))


def aim(plan: Plan, names: Names) -> dict[str, Any]:
    """Return the poison of an evaluation, which says at which class it aims."""
    return poison_definition(plan.config, names["attack"], float(names["eps"]))


def detector(plan: Plan, names: Names) -> dict[str, Any]:
    """Return class and parameters of a detector."""
    return plan.config.detectors[names["detector"]].model_dump(by_alias=True)


# Evaluation


def attack(plan: Plan, names: Names) -> dict[str, Any]:
    """Return what the results of an attack depend on, besides eps."""
    return attack_definition(plan, names["attack"])


def attack_with_budget(plan: Plan, names: Names) -> dict[str, Any]:
    """Return the same for an attack on the waveform, with the kind of its budget."""
    return {**attack(plan, names), "budget": plan.config.attacks[names["attack"]].budget}


def attack_definition(plan: Plan, name: str) -> dict[str, Any]:
    """Return class, parameters, restarts and targets of an attack."""
    keys = {"class_", "params", "restarts", "targets"}
    return plan.config.attacks[name].model_dump(by_alias=True, include=keys)


def every_eps(plan: Plan, names: Names) -> list[float]:
    """Return all eps of an attack."""
    return plan.config.attacks[names["attack"]].eps


def defence(plan: Plan, names: Names) -> list[dict[str, Any]]:
    """Return class and parameters of each defence in front of a victim, in order."""
    return defence_chain(plan, names["defence"].partition("@")[0])


def defence_chain(plan: Plan, name: str) -> list[dict[str, Any]]:
    """Return class and parameters of each defence that a defence stands for, in order."""
    return [
        plan.config.defences[part].model_dump(by_alias=True, include={"class_", "params"})
        for part in chain(plan.config, name)
    ]


def corruption(plan: Plan, names: Names) -> dict[str, Any]:
    """Return name, class, parameters, severities and seed of a corruption."""
    name = names["corruption"]
    return {"name": name, **plan.config.corruptions[name].model_dump(by_alias=True)}


def certificate(plan: Plan, names: Names) -> dict[str, Any]:
    """Return how radii are certified."""
    return plan.config.defences[names["defence"]].certificate.model_dump()


def batch_size(plan: Plan, names: Names) -> int:
    """Return the recordings that are attacked at once."""
    own = plan.config.attacks[names["attack"]].batch_size
    return own or plan.config.evaluation.batch_size


def check_eps(plan: Plan, names: Names) -> float:
    """Return the eps at which an attack is checked."""
    return eps_of_check(plan.config, names, names["attack"])


def checks(plan: Plan, *keys: str) -> dict[str, Any]:
    """Return some of the config's settings of checks."""
    return plan.config.checks.model_dump(include=set(keys))


# Listening


def inversion_iterations(plan: Plan, names: Names) -> int:
    """Return the iterations of Griffin-Lim."""
    return plan.config.listening.inversion.iterations


def samples_of_sound(plan: Plan, names: Names) -> int:
    """Return the samples of each recording of a sound."""
    return samples(plan, {"front_end": plan.sounds[names["sound"]].front_end})


def sample_rate_of_sound(plan: Plan, names: Names) -> int:
    """Return the sample rate of a sound, in Hz."""
    return sample_rate(plan, {"front_end": plan.sounds[names["sound"]].front_end})


def recogniser(plan: Plan, names: Names) -> dict[str, Any]:
    """Return class and parameters of a speech recogniser."""
    return plan.config.recognisers[names["recogniser"]].model_dump(by_alias=True)


def recognisers(plan: Plan) -> list[str]:
    """Return the names of the speech recognisers of the study."""
    return plan.config.listening.recognisers if plan.config.listening else []


# Reports


def studied_attacks(plan: Plan, domain: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the definitions of the attacks in the study's evaluations, in its order."""
    order = dict.fromkeys(evaluation.attack for evaluation in plan.evaluations)
    return {
        name: attack_definition(plan, name)
        for name in order
        if name in plan.config.attacks and domain in (None, plan.config.attacks[name].domain)
    }


def studied_defences(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """Return the chain of every defence in the study's evaluations."""
    met = [*plan.evaluations, *plan.corrupted]
    used = dict.fromkeys(found.defence for found in met)
    return {name: defence_chain(plan, name) for name in used}
