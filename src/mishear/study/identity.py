"""What results are made of, and so their places on disk.

In one config names are unique, and the other modules of this package speak of files by names alone.
Two configs may define the same names differently. On disk a digest follows the names: of the
definition, and of everything that it rests on. The results of both are kept, and a config that
returns to an earlier definition finds its results again. A change of code makes no new files.

Digests follow from the parameters and the inputs of the jobs, as far as the config decides them.
What decides no number (batches apart, which seed random draws) is in none: parts of a corpus and
jobs of an attack, limits beyond which a run stops, devices.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE, Certificate
from mishear.core.canonical import canonical
from mishear.study import (
    check_inputs,
    feature_inputs,
    inputs,
    own_files,
    params,
    paths,
    targeted,
    transfer_inputs,
)
from mishear.study.inputs import Files, Names
from mishear.study.places import Kept, Place, on_disk, place_of, place_on_disk
from mishear.study.plan import Plan

LENGTH = 10
"""Digits, see :data:`mishear.study.places.DIGEST`."""
CORPUS_LIMITS = {
    "archive",
    "max_rejected_share",
    "max_unpacked_gigabytes",
    "shards",
}
"""Keys of a corpus that are no part of its definition.

``archive`` names another copy of a public corpus. Which copy it must be, ``sha256`` says.
"""


@dataclass(frozen=True)
class Made:
    """What the files of one kind are made of.

    Attributes are functions of the plan and the wildcards: ``inputs`` of the files that the jobs
    read, ``params`` of each parameter that decides numbers.
    """

    inputs: Callable[[Plan, Names], Files]
    params: tuple[Callable[[Plan, Names], Any], ...] = ()


@dataclass
class Store:
    """Where the files of a plan are kept.

    Parameters
    ----------
    plan
        The plan of a study.
    """

    plan: Plan
    _digests: dict[tuple, str | None] = field(default_factory=dict, repr=False)

    def path(self, path: str) -> str:
        """Return where a file is kept.

        Parameters
        ----------
        path
            Its path by names alone. A path of nothing that the config defines is returned as it
            is, as are those of reports.
        """
        found = self.kept(path)
        return on_disk(path, found.place, found.digest) if found else path

    def kept(self, path: str) -> Kept | None:
        """Return place and digest of a file by its names; None for one that has no digest."""
        place = place_of(path)
        digest = self._digest_of(place) if place else None
        return Kept(path, place, digest) if place and digest else None

    def inputs(self, path: str) -> Iterator[str]:
        """Yield the files, by their names, that the jobs read that make a file."""
        place = place_of(path)
        if place and is_defined(self.plan, place):
            made = MADE[place.kind](self.plan, place.names)
            yield from _flat(made.inputs(self.plan, place.names).values())

    def has(self, path: str) -> bool:
        """Return whether a file on disk has a digest, and that of this plan's definitions."""
        found = place_on_disk(path)
        return found is not None and self._digest_of(found.place) == found.digest

    def objection(self, path: str) -> str:
        """Say why a file on disk is not this plan's; nothing if it is, or has no digest."""
        found = place_on_disk(path)
        if found is None or self.has(path):
            return ""
        return (
            f"{path} is of another config, in which something of this name is defined "
            f"differently. Leave out -{found.digest} to make the file of this config."
        )

    def _digest_of(self, place: Place) -> str | None:
        key = (place.kind, *place.names.values())
        if key not in self._digests:
            self._digests[key] = self._digest(place)
        return self._digests[key]

    def _digest(self, place: Place) -> str | None:
        if not is_defined(self.plan, place):
            return None
        made = MADE[place.kind](self.plan, place.names)
        content = {
            "kind": place.kind,
            "params": [found(self.plan, place.names) for found in made.params],
            "inputs": sorted(self._inputs(made.inputs(self.plan, place.names), place.names)),
        }
        return hashlib.sha256(canonical(content).encode()).hexdigest()[:LENGTH]

    def _inputs(self, files: Files, names: Names) -> set[tuple[str, ...]]:
        """Return digests of files, once however many parts they have, and what names they add.

        Names that a job has in common with its inputs are in the path of what it makes.
        """
        found = set()
        for place in filter(None, map(place_of, _flat(files.values()))):
            added = place.names.items() - names.items()
            found.add((self._digest_of(place) or "", place.kind, *map("=".join, sorted(added))))
        return found


def is_defined(plan: Plan, place: Place) -> bool:
    """Return whether a config defines everything that a place is named after."""
    config = plan.config
    poisoned = [name for name, recipe in config.recipes.items() if recipe.poison]
    defined: dict[str, Collection[str]] = {
        "corpus": config.corpora,
        "front_end": config.front_ends,
        "network": config.networks,
        "recipe": plan.trainings,
        "poison": poisoned,
        "attack": [*config.attacks, *(poisoned if place.kind == "evaluation" else [])],
        "defence": [NO_DEFENCE, *config.defences],
        "source": ["", *plan.trainings],
        "corruption": config.corruptions,
        "detector": config.detectors,
        "recogniser": config.recognisers,
        "sound": plan.sounds,
    }
    names = dict(place.names)
    if "defence" in names:
        names["defence"], _, names["source"] = names["defence"].partition("@")
    if place.kind in ("inversion", "round_trip") and config.listening is None:
        return False
    if place.kind == "certificate" and not _certificate(config, names["defence"]):
        return False
    numbers = [names[key] for key in ("eps", "amplitude") if key in names]
    return all(map(_is_number, numbers)) and all(
        name in defined[key] for key, name in names.items() if key in defined
    )


def _is_number(text: str) -> bool:
    try:
        return text == paths.number_name(float(text))
    except ValueError:
        return False


def _certificate(config: Config, defence: str) -> Certificate | None:
    return config.defences[defence].certificate if defence in config.defences else None


def _flat(values: Iterable[str | list[str]]) -> Iterator[str]:
    for value in values:
        yield from [value] if isinstance(value, str) else value


def _no_files(plan: Plan, names: Names) -> Files:
    return {}


def _corpus(plan: Plan, names: Names) -> dict[str, Any]:
    """Return the definition of a corpus; a hash that its archive must have counts where given."""
    section = plan.config.corpora[names["corpus"]]
    found = {"path": None, **section.model_dump(exclude=CORPUS_LIMITS)}
    if found.get("sha256") is None:
        found.pop("sha256", None)
    return found


def _split(plan: Plan, names: Names) -> dict[str, Any]:
    """Return how a corpus is divided: the content of the user's own split counts, not its name."""
    content = own_files.split_content(plan, names)
    return params.split(plan, names) | ({"file": content} if content else {})


def _weights(plan: Plan, names: Names) -> str | None:
    """Return the hash of a network's weights, of one that comes with them."""
    is_trained = plan.config.networks[names["network"]].is_trained
    return params.weights_hash(plan, names) if is_trained else None


def _evaluation(plan: Plan, names: Names) -> Made:
    if names["attack"] not in plan.config.attacks:
        return Made(inputs.poisoned_test, (params.defence, params.aim, _batch_size))
    found = (params.defence, params.attack_with_budget, params.batch_size, _way)
    if plan.config.attacks[names["attack"]].domain == "waveform":
        return Made(inputs.victim_with_waveforms, found)
    return Made(inputs.attacked, found)


def _check(plan: Plan, names: Names) -> Made:
    found = (params.defence, params.attack_with_budget, params.batch_size, _check_settings)
    if plan.config.attacks[names["attack"]].domain == "waveform":
        return Made(inputs.victim_with_waveforms, (*found, params.every_eps))
    return Made(check_inputs.attack_check, (*found, params.check_eps))


def _way(plan: Plan, names: Names) -> tuple[str, bool]:
    """Return what an attack changes, and whether it learns one change for all recordings."""
    attack = plan.config.attacks[names["attack"]]
    return attack.domain, attack.universal


def _check_settings(plan: Plan, names: Names) -> dict[str, Any]:
    return params.checks(plan, "recordings", "more")


def _batch_size(plan: Plan, names: Names) -> int:
    return plan.config.evaluation.batch_size


def _recordings_attacked(plan: Plan, names: Names) -> int | None:
    return plan.config.targeted.recordings if plan.config.targeted else None


def always(*made: Any) -> Callable[[Plan, Names], Made]:
    """Return what files are made of whose kind alone decides it."""
    return lambda plan, names: Made(made[0], tuple(made[1:]))


MADE: Mapping[str, Callable[[Plan, Names], Made]] = {
    "corpus": always(_no_files, _corpus),
    "split": always(feature_inputs.index, _split),
    "waveforms": always(feature_inputs.index, params.placement),
    "spectrograms": always(feature_inputs.waveform_shards, params.front_end),
    "poisoned": always(feature_inputs.waveform_shards_of_test, params.front_end, params.poison),
    "victim": always(
        inputs.training, params.network, _weights, params.recipe, params.training_poison
    ),
    "detection": always(inputs.detection, params.detector, params.training_poison),
    "probe": always(inputs.victim_with_libraries),
    "evaluation": _evaluation,
    "targeted": always(
        targeted.targeted_inputs, targeted.definition, params.batch_size, _recordings_attacked
    ),
    "check": _check,
    "baselines": always(
        check_inputs.baselines, params.defence, _batch_size, check_inputs.baseline_settings
    ),
    "certificate": always(
        inputs.victim_with_inputs, params.defence, params.certificate, _batch_size
    ),
    "corrupted": always(
        inputs.victim_with_waveforms, params.defence, params.corruption, _batch_size
    ),
    "transfer": always(transfer_inputs.transfer),
    "clean_sound": always(feature_inputs.waveform_shards_of_test),
    "poisoned_sound": always(feature_inputs.waveform_shards_of_test, params.poison),
    "round_trip": always(
        inputs.spectrograms_of_test, params.front_end, params.inversion_iterations
    ),
    "inversion": always(inputs.inversion, params.inversion_iterations, params.batch_size),
    "quality": always(inputs.sound_with_clean),
    "transcripts": always(inputs.sound_with_clean, params.recogniser),
}
"""By the kinds of :data:`mishear.study.places.PLACES`."""
