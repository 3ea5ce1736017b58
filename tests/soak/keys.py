"""Every key of the config's schema, and other values for each."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from mishear.config.base import Section
from mishear.config.loading import load
from mishear.core.errors import UserError
from tests.soak.configs import merged, shipped

FIXED = {"Adversarial.norm", "EspeakCorpus.source", "FolderCorpus.source"}
"""Keys that have one value, or none other with the same keys beside them."""

DEFINITIONS = (
    *("corpora", "front_ends", "networks", "recipes", "attacks"),
    *("corruptions", "defences", "detectors", "recognisers"),
)
"""Sections of definitions, by their names."""

TOGETHER: Mapping[str, list[dict[str, Any]]] = {
    "EspeakCorpus.speakers": [{"speakers": 7}],
    "Defence.class": [{"class": "AverageSmoothing", "params": {"size": 3}, "certificate": None}],
    "Detector.class": [{"class": "ActivationClustering", "params": {}}],
    "FrontEnd.class": [{"class": "Spectrogram", "params": {"n_fft": 256}}],
    "FrontEnd.params": [{"params": {"n_fft": 512, "n_mels": 20}}],
    "Network.class": [{"class": "Res8"}],
    "Network.weights": [{"weights": "mine-too.safetensors", "sha256": None}],
    "Recogniser.class": [{"class": "my_scores.Ear"}],
    "Requirement.attack": [{"attack": "square", "network": "scored", "recipe": None}],
    "Requirement.corruption": [{"corruption": None, "severity": None, "attack": "pgd"}],
    "Split.by": [{"by": "speaker"}],
    "Attack.universal": [
        {
            "class": "mishear.attacks.universal.LinfUniversalPGD",
            "params": {"steps": 1},
            "universal": True,
        }
    ],
    "Poison.class": [{"class": "RandomLabelFlip", "target": None, "sources": None}],
    "Adversarial.library": [{"library": "art"}],
    "Adversarial.method": [{"method": "trades", "beta": 1}, {"method": "pgd", "beta": None}],
    "Split.file": [{"by": "file", "file": "mine.csv", "folds": None}],
    "Study.networks": [{"networks": ["m5", "mine", "scored"], "victims": None}],
    "Split.folds": [{"by": "speaker", "folds": 2}],
    "Split.train": [{"train": 0.5, "validation": 0.3}],
    "Split.validation": [{"train": 0.7, "validation": 0.1}],
    "Split.test": [{"train": 0.7, "test": 0.1}],
    "Split.test_takes": [{"by": "take", "test_takes": "0"}],
}
"""Keys that are changed with others of their section, by the key that is meant."""


@dataclass(frozen=True)
class Place:
    """A key of a config.

    Attributes
    ----------
    name
        The class of its section and its own name, such as ``Attack.eps``.
    path
        The keys that lead to it.
    value
        What it is.
    annotation
        What it may be.
    """

    name: str
    path: tuple[str | int, ...]
    value: Any
    annotation: Any

    def __str__(self) -> str:
        return ".".join(map(str, self.path))


def schema(section: type[Section]) -> set[str]:
    """Return the names of all keys of a section and of those below."""
    found = set()
    for key, field in section.model_fields.items():
        inner = _sections(field.annotation)
        # A section that may be left out is a key as well.
        if not inner or type(None) in get_args(field.annotation):
            found.add(f"{section.__name__}.{field.alias or key}")
        found |= {name for each in inner for name in schema(each)}
    return found


def _sections(annotation: Any) -> list[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [annotation]
    return [each for part in get_args(annotation) for each in _sections(part)]


def places(study: Mapping[str, Any]) -> Iterator[Place]:
    """Yield the keys of all that a study's file defines, those with defaults included."""
    yield from _places(load(complete(study)), (), study)


def complete(study: Mapping[str, Any]) -> dict[str, Any]:
    """Return a study on top of ``config.yaml``, as Snakemake reads it."""
    return merged(shipped()["config"], study)


def _places(value: Any, path: tuple, given: Any) -> Iterator[Place]:
    """Yield the keys below a value; of definitions those that are given."""
    if isinstance(value, Section):
        for key, field in type(value).model_fields.items():
            name, inner = field.alias or key, getattr(value, key)
            if not _holds_sections(inner) or type(None) in get_args(field.annotation):
                yield Place(
                    f"{type(value).__name__}.{name}", (*path, name), inner, field.annotation
                )
            below = given.get(name, {}) if isinstance(given, Mapping) else {}
            yield from _places(inner, (*path, name), below)
    elif isinstance(value, dict):
        for key in value.keys() & (given.keys() if isinstance(given, Mapping) else set()):
            yield from _places(value[key], (*path, key), given[key])
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*path, number), {})


def _holds_sections(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        return any(isinstance(each, Section) for each in inner)
    return isinstance(value, Section)


def changes(study: Mapping[str, Any], place: Place) -> Iterator[dict[str, Any]]:
    """Yield the study with other values of a key, those alone that the config may have."""
    now = load(complete(study))
    alone = ({place.path[-1]: value} for value in _others(study, place))
    for keys in TOGETHER.get(place.name, alone):
        changed = copy.deepcopy(dict(study))
        owner: Any = changed
        for key in place.path[:-1]:
            owner = owner[key] if isinstance(owner, list) else owner.setdefault(key, {})
        for key, value in keys.items():
            owner[key] = value
        try:
            if load(complete(changed)) != now:
                yield changed
        except UserError:
            continue


def _others(study: Mapping[str, Any], place: Place) -> Iterator[Any]:
    """Yield values of the kind of a key's, whether or not they are allowed."""
    value = place.value
    yield from MORE.get(place.name, [])
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value - 1, value * 2, value * 0.75, value / 2)
    elif isinstance(value, list):
        yield from (value[:-1], value[1:])
        if value and isinstance(value[0], int | float):
            yield from ([value[0] + 1, *value[1:]], [value[0] / 2, *value[1:]])
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, int | float):
                yield from ({**value, key: inner + 1}, {**value, key: inner * 0.75})
    yield from _literals(place.annotation)
    if place.name not in MORE:
        for name in _names(complete(study)):
            yield from (name, [name], [*value, name] if isinstance(value, list) else name)
    if value is None:
        yield from (1, 2, 0.5, [1], [0.5], True, "x", ["x"])
    else:
        yield None


def _names(config: Mapping[str, Any]) -> list[str]:
    """Return the names of all definitions of a config."""
    return [name for section in DEFINITIONS for name in config.get(section, {})]


def _literals(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [each for part in get_args(annotation) for each in _literals(part)]


MORE: Mapping[str, list[Any]] = {
    "Attack.class": ["LinfBasicIterativeAttack", "LinfPGD"],
    "Attack.after": [["fgsm"]],
    "Certificate.confidence": [0.95],
    "Config.listening": [None],
    "Config.targeted": [None],
    "Config.transfer": [None],
    "Corruption.class": ["PinkNoise"],
    "Defence.evaluation": [["adaptive"]],
    "Defence.certificate": [None, {}],
    "Detector.params": [{}],
    "FolderCorpus.pattern": [r"(?P<label>[a-z]+)/(?P<speaker>[a-z]+)"],
    **{
        f"Requirement.{name}": [None]
        for name in ("corpus", "front_end", "network", "recipe", "defence", "evaluation")
    },
    "Poison.sources": [["5"]],
    "Poison.target": ["5"],
    "Poison.params": [{"frequency": 800}],
    "Recogniser.params": [{"words": {"left": ["leave"]}}],
    "FolderCorpus.classes": [["3", "4"]],
    "FolderCorpus.path": ["others", "others.tar.gz"],
    "FsddCorpus.archive": ["others.tar.gz"],
    "AudioMnistCorpus.archive": ["others.tar.gz"],
    "Network.labels": [["right", "left", "stop"]],
    "Network.command": [["python", "serve_too.py"]],
    "Network.files": [[]],
    "Recipe.adversarial": [{"eps": [0.5], "steps": 1}],
    "Recipe.noise": [{"sigma": [0.5]}],
    "Recipe.poison": [{"class": "RandomLabelFlip", "rate": [0.1]}],
    "Report.colour_map": ["viridis"],
    "Study.name": ["another"],
    "Study.require": [[]],
    "Study.victims": [[{"seeds": [0]}]],
}
"""Values that do not follow from the type of a key."""
