"""A look at each victim before the first job: one batch of noise through it and back."""

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mishear.config.config import Config
from mishear.core.errors import UserError
from mishear.core.modules import described
from mishear.core.tables.corpora import INDEX
from mishear.features.front_ends.building import build_front_end
from mishear.preflight.trained import known_classes, names_beside
from mishear.study import paths
from mishear.study.networks import network_definition, weights_path
from mishear.training.building import build_network
from mishear.training.importing import load_model
from mishear.training.scoring import ScoresOnly

RECORDINGS = 4
NOISE_LEVEL = 0.1
"""Standard deviation of the noise, where full scale is 1."""

STAND_IN = 10
"""Number of classes where no recordings have been indexed yet."""

_OF_SHAPES = (RuntimeError, ValueError, AssertionError, IndexError)
"""What an input of the wrong shape may raise."""

TOLERANCE = 1e-3
"""Largest difference of two scores that are the same, relative to the largest score."""

CPU = torch.device("cpu")


def look_at(config: Config, network: str) -> None:
    """Build the victims of a network, one for each front end of the study, and try each.

    Parameters
    ----------
    config
        The config.
    network
        Name of a network of the study.

    Raises
    ------
    UserError
        Saying what a victim does wrong.
    """
    where = f"networks.{network}"
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for front_end in names_beside(config, network, "front_end"):
            features = features_of_noise(config, front_end)
            victim, classes = _victim(config, network, front_end)
            name = config.networks[network].class_ or "the network"
            if config.networks[network].is_scores_only:
                with victim.closing():
                    try_scorer(victim, features)
                continue
            try_victim(victim, features, classes, f"{where}: {name}", front_end)
            del victim
            gc.collect()  # Models may refer to themselves, and this process goes on for long.


def features_of_noise(config: Config, front_end: str) -> torch.Tensor:
    """Return what a front end gives for recordings of white noise."""
    section = config.front_ends[front_end]
    definition = section.model_dump(by_alias=True, include={"class_", "params", "sample_rate"})
    module = build_front_end(definition, f"front_ends.{front_end}")
    samples = round(section.seconds * section.sample_rate)
    return module(NOISE_LEVEL * torch.randn(RECORDINGS, 1, samples)).detach()


def _victim(config: Config, network: str, front_end: str) -> tuple[nn.Module, int]:
    """Build a network, or load a trained one, with the number of its classes."""
    section, where = config.networks[network], f"networks.{network}"
    definition = network_definition(section, where, config.front_ends[front_end].sample_rate)
    if section.is_trained:
        labels = definition["labels"]
        return load_model(definition, weights_path(section), labels, CPU, where), len(labels)
    classes = number_of_classes(config, network)
    return build_network(definition, classes, where).eval(), classes


def number_of_classes(config: Config, network: str) -> int:
    """Return the classes of a network's first corpus, or a stand-in where they are not known."""
    corpus = names_beside(config, network, "corpus")[0]
    classes: Sequence[str] | None = known_classes(config.corpora[corpus])
    if classes is not None:
        return len(classes)
    index = Path(paths.INDEX.format(corpus=corpus))
    return len({row["label"] for row in INDEX.read(index)}) if index.exists() else STAND_IN


def try_victim(
    victim: nn.Module, features: torch.Tensor, classes: int, who: str, front_end: str
) -> None:
    """Try a victim on a batch: shape, scores, repetition, independence and gradient.

    Parameters
    ----------
    victim
        In evaluation mode.
    features
        Shape (recordings, 1, ...), at least two recordings.
    classes
        Number of scores that it must give for a recording.
    who
        Key of the network in the config and its class, for messages.
    front_end
        Name of the front end that the features are from, for messages.

    Raises
    ------
    UserError
        Saying what it does wrong, and the usual cause.
    """
    scores = _scores(victim, features, who, front_end)
    _check_form(scores, len(features), classes, who)
    if _differ(_scores(victim, features, who, front_end), scores):
        raise UserError(
            f"{who} gives other scores for the same inputs in evaluation mode. Is dropout left on? "
            f"Use torch.nn.Dropout, or pass training=self.training to its function."
        )
    alone = torch.cat([_scores(victim, each, who, front_end) for each in features.split(1)])
    if _differ(alone, scores):
        raise UserError(
            f"{who} gives a recording other scores in evaluation mode when other recordings are "
            f"beside it. Is batch normalisation left in training mode? Use torch.nn.BatchNorm with "
            f"running statistics, which eval() switches."
        )
    _check_gradient(victim, features, who)


def try_scorer(victim: ScoresOnly, waveforms: torch.Tensor) -> None:
    """Try a model that gives only scores on a batch: scores, repetition, independence.

    Parameters
    ----------
    victim
        The model.
    waveforms
        Shape (recordings, 1, samples), at least two recordings.

    Raises
    ------
    UserError
        Saying what it does wrong, and the usual cause.
    """
    scores = _scores_of(victim, waveforms)
    if _differ(_scores_of(victim, waveforms), scores):
        raise UserError(
            f"{victim.who} gives other scores for the same waveforms the second time. Attacks "
            f"need a model that always answers alike: fix its seeds, and leave out dropout and "
            f"other random parts."
        )
    alone = torch.cat([_scores_of(victim, each) for each in waveforms.split(1)])
    if _differ(alone, scores):
        raise UserError(
            f"{victim.who} gives a recording other scores when other recordings are beside it. "
            f"Score each recording by itself: no statistics of the batch, no state."
        )


def _scores_of(victim: ScoresOnly, waveforms: torch.Tensor) -> torch.Tensor:
    try:
        return victim(waveforms)
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"{victim.who} fails on waveforms of shape {_shape(waveforms[:, 0])} at "
            f"{victim.sample_rate} Hz: {described(error)}."
        ) from error


def _scores(victim: nn.Module, features: torch.Tensor, who: str, front_end: str) -> Any:
    try:
        with torch.no_grad():
            return victim(features)
    except Exception as error:
        if not isinstance(error, _OF_SHAPES) or isinstance(error, NotImplementedError):
            raise UserError(
                f"{who} fails on inputs of front end '{front_end}': {described(error)}."
            ) from error
        raise UserError(
            f"{who} does not take inputs of shape {_shape(features)}, which front end "
            f"'{front_end}' gives: {described(error)}. Change the network or its params, or name "
            f"the front end that it was made for."
        ) from error


def _check_form(scores: Any, recordings: int, classes: int, who: str) -> None:
    """Check that there is one finite score for each recording and class."""
    if not isinstance(scores, torch.Tensor):
        raise UserError(
            f"{who} returns a {type(scores).__name__}, not a tensor. Let its forward return the "
            f"scores alone, of shape (recordings, classes)."
        )
    if scores.dim() != 2 or len(scores) != recordings:
        raise UserError(
            f"{who} returns the shape {tuple(scores.shape)} for {recordings} recordings. Let its "
            f"forward return scores of shape (recordings, classes)."
        )
    if scores.shape[1] != classes:
        raise UserError(
            f"{who} gives {scores.shape[1]} scores for a recording, but there are {classes} "
            f"classes. Give a network that is trained here as many outputs as its argument "
            f"'classes' says, and a trained one a label for each output."
        )
    if not scores.is_floating_point() or not bool(scores.isfinite().all()):
        raise UserError(
            f"{who} gives scores that are not finite numbers. Look for a logarithm of 0, a "
            f"division by 0, or weights that are not finite."
        )


def _differ(scores: torch.Tensor, others: torch.Tensor) -> bool:
    largest = max(float(others.abs().max()), 1e-6)
    return not bool(((scores - others).abs() <= TOLERANCE * largest).all())


def _check_gradient(victim: nn.Module, features: torch.Tensor, who: str) -> None:
    """Check that the scores have a gradient with respect to the inputs."""
    cause = "Remove detach(), no_grad(), argmax() or NumPy from its forward"
    inputs = features.clone().requires_grad_()
    try:
        scores = victim(inputs)
        (gradient,) = torch.autograd.grad(
            (scores * torch.randn_like(scores)).sum(), inputs, allow_unused=True
        )
    except RuntimeError as error:
        raise UserError(
            f"{who} passes no gradient from its scores to its inputs, which attacks need "
            f"({described(error)}). {cause}."
        ) from error
    if gradient is None or not bool(gradient.isfinite().all()) or not bool(gradient.any()):
        kind = "no" if gradient is None else "a zero or infinite"
        raise UserError(
            f"{who} passes {kind} gradient from its scores to its inputs, which attacks need. "
            f"{cause}, or what rounds its values."
        )


def _shape(features: torch.Tensor) -> str:
    return f"(recordings, {', '.join(map(str, features.shape[1:]))})"
