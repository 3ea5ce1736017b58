"""Take a trained model of the user's into a study: check it, and write it as a victim."""

import json
import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment
from scipy.stats import binomtest
from torch import nn

from mishear.core.arrays import RowsOnDisk
from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.core.plugins import HUGGING_FACE
from mishear.features.split import Division
from mishear.runtime.batching import in_batches
from mishear.study.model_folders import ModelFolder
from mishear.training.accuracy import BATCH, accuracies_of_splits
from mishear.training.building import NETWORKS, Reordered, build_network, finished
from mishear.training.labels import check_labels
from mishear.training.model_files import read_module, read_state
from mishear.training.references import write_reference
from mishear.training.scoring import describe_scorer, load_scorer
from mishear.training.states import load_state

log = logging.getLogger(__name__)

CHANCE_LEVEL = 0.01
"""Significance level of the test of accuracy against chance."""

SHOWN = 3
"""Confused classes that the message names."""


def load_model(
    definition: Mapping[str, Any],
    weights: Path | None,
    classes: Sequence[str],
    device: torch.device,
    where: str,
) -> nn.Module:
    """Load a trained model from the user's file, as a victim.

    Parameters
    ----------
    definition
        As for :func:`mishear.training.building.load_victim`.
    weights
        The file, or the folder; None for a model that gives only scores.
    classes
        Labels of the corpus; the outputs are put into their order.
    device
        Where it will run.
    where
        Key of the network in the config, for messages.

    Raises
    ------
    UserError
        If the file cannot be read, or does not fit the class.
    """
    if definition.get("scores_only"):
        network = load_scorer(definition)
    elif definition["class"] is None:
        network = read_module(weights, where, device)
    elif definition["class"] == HUGGING_FACE:
        network = NETWORKS.find(HUGGING_FACE, where)(ModelFolder(weights, where))
    else:
        network = build_network(definition, len(definition["labels"]), where)
        load_state(network, read_state(weights, where), weights, where)
    return finished(network, definition, classes, device)


def import_model(
    definition: Mapping[str, Any],
    weights: Path | None,
    corpus: tuple[str, Division, RowsOnDisk],
    device: torch.device,
    where: str,
) -> tuple[nn.Module, dict[str, dict[str, float]]]:
    """Load a trained model and measure it on the clean recordings of a corpus.

    Parameters
    ----------
    definition, weights, device, where
        As for :func:`load_model`.
    corpus
        Its name, its division, and its inputs of shape (recordings, 1, ...).

    Returns
    -------
    torch.nn.Module
        The victim.
    dict
        Its accuracies, see :func:`mishear.training.accuracy.accuracies_of_splits`.

    Raises
    ------
    UserError
        If its labels are not the classes of the corpus, or its accuracy is not above chance.
    """
    name, division, clean = corpus
    check_labels(definition["labels"], division.classes, name, where)
    victim = load_model(definition, weights, division.classes, device, where)
    rows = np.flatnonzero(division.splits != "")
    with _on_one_device(definition, weights, device, where):
        confusions = confusion_matrix(victim, clean, division, rows, device)
    check_above_chance(confusions, division.classes, name, where)
    targets = torch.from_numpy(division.class_indices)
    return victim, accuracies_of_splits(victim, clean, targets, division, device)


@contextmanager
def _on_one_device(
    definition: Mapping[str, Any], weights: Path | None, device: torch.device, where: str
) -> Iterator[None]:
    """Say what to do where the code in a file makes tensors on another device than the victim's."""
    try:
        yield
    except RuntimeError as error:
        if definition["class"] is not None or "device" not in str(error):
            raise
        raise UserError(
            f"{where}.weights: '{weights}' does not run on {device.type}: its code makes tensors "
            f"on the device that it was traced or exported on. Trace or export the model on "
            f"{device.type}, take the device from the input in its forward, give its class and "
            f"state dict instead, or run with --config device=cpu."
        ) from error


@torch.inference_mode()
def confusion_matrix(
    victim: nn.Module,
    clean: np.ndarray | RowsOnDisk,
    division: Division,
    rows: np.ndarray,
    device: torch.device,
) -> np.ndarray:
    """Count the recordings of each class, by row, that are predicted as each class, by column."""
    predicted = np.empty(len(rows), dtype=np.int64)

    def predict_part(part: slice) -> None:
        scores = victim(torch.from_numpy(clean[rows[part]]).to(device))
        predicted[part] = scores.argmax(1).cpu().numpy()

    in_batches(predict_part, len(rows), BATCH)
    counts = np.zeros((len(division.classes),) * 2, dtype=np.int64)
    np.add.at(counts, (division.class_indices[rows], predicted), 1)
    return counts


def check_above_chance(
    confusions: np.ndarray, classes: Sequence[str], corpus: str, where: str
) -> None:
    """Check that predictions agree with the true classes more often than by chance.

    By chance, that is if predictions do not depend on the true class, the expected accuracy is the
    sum over the classes of the share of their recordings times the share of their predictions, as
    in Cohen's kappa (1960). The one-sided exact binomial test is made at the level of 1 %.

    Parameters
    ----------
    confusions
        From :func:`confusion_matrix`.
    classes
        Names of its rows and columns.
    corpus
        Name of the corpus, for the message.
    where
        Key of the network in the config.

    Raises
    ------
    UserError
        With the confusions, where they suggest another order of the labels.
    """
    total, correct = int(confusions.sum()), int(np.trace(confusions))
    trues, predictions = linear_sum_assignment(confusions, maximize=True)
    found = ", ".join(
        f"'{classes[true]}' mostly as '{classes[prediction]}'"
        for true, prediction in _clearest(confusions, trues, predictions)
    )
    if _is_above_chance(confusions):
        if found:
            log.warning(
                "%s predicts recordings of %s: is the order of the labels right?", where, found
            )
        return
    measured = (
        f"{where}: the model classifies {correct} of {total} recordings of corpus '{corpus}' "
        f"correctly, no more than by chance"
    )
    if found and _is_above_chance(confusions[:, predictions]):
        raise UserError(
            f"{measured}. It predicts recordings of {found}: the labels may be in another order. "
            f"Write {where}.labels in the order of the model's outputs."
        )
    most = int(confusions.sum(axis=0).argmax())
    share = confusions[:, most].sum() / total
    raise UserError(
        f"{measured}, and its predictions do not depend on the class ('{classes[most]}' in "
        f"{share:.0%} of the cases). Its weights may be of another class or other params, or it "
        f"was trained with another front end: compare sample rate, units and scaling with those "
        f"of its training."
    )


def _is_above_chance(confusions: np.ndarray) -> bool:
    total = int(confusions.sum())
    expected = float((confusions.sum(axis=1) / total) @ (confusions.sum(axis=0) / total))
    correct = int(np.trace(confusions))
    return binomtest(correct, total, min(expected, 1), "greater").pvalue < CHANCE_LEVEL


def _clearest(
    confusions: np.ndarray, trues: np.ndarray, predictions: np.ndarray
) -> list[tuple[int, int]]:
    """Return the wrong pairs of classes that stand for most of the recordings of the class."""
    pairs = zip(trues.tolist(), predictions.tolist(), strict=True)
    sizes = confusions.sum(axis=1)
    wrong = [
        (true, found)
        for true, found in pairs
        if true != found and confusions[true, found] > sizes[true] / 2
    ]
    return sorted(wrong, key=lambda pair: -confusions[pair] / max(sizes[pair[0]], 1))[:SHOWN]


def write_model(
    victim: nn.Module,
    definition: Mapping[str, Any],
    weights: Path | None,
    accuracies: Mapping[str, Any],
    files: tuple[Path, Path],
) -> None:
    """Write a victim as trainings do.

    A file that brings its own code is copied as it is. A folder in Hugging Face's format is not
    copied, see :mod:`mishear.training.references`.

    Of a model that gives only scores its definition is written, with the hashes of its files.

    Parameters
    ----------
    victim
        From :func:`import_model`.
    definition, weights
        As for :func:`load_model`.
    accuracies
        From :func:`import_model`.
    files
        Of the weights, and of the accuracies.
    """
    path, accuracy_file = files
    with atomic_path(accuracy_file) as temporary:
        temporary.write_text(json.dumps(accuracies, indent=1) + "\n")
    if definition["class"] == HUGGING_FACE:
        write_reference(ModelFolder(weights, "networks"), path)
        return
    with atomic_path(path) as temporary:
        if definition.get("scores_only"):
            temporary.write_text(json.dumps(describe_scorer(definition), indent=1) + "\n")
            return
        if definition["class"] is None:
            shutil.copyfile(weights, temporary)
        else:
            _save_state(victim, temporary)


def _save_state(victim: nn.Module, path: Path) -> None:
    """Save a victim's state dict, with the outputs in the order of the model's labels."""
    network = victim.network if isinstance(victim, Reordered) else victim
    state = {key: value.cpu().contiguous() for key, value in network.state_dict().items()}
    with path.open("wb") as file:
        torch.save(state, file)
