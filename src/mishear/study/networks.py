"""The networks of a study: their definitions for jobs, and the files of those that came trained."""

import hashlib
from pathlib import Path
from typing import Any

from mishear.config.networks import Network
from mishear.core.canonical import Unrecorded, UnrecordedFiles
from mishear.core.files import one_spelling
from mishear.runtime.file_hashes import FileHashes
from mishear.study.model_folders import ModelFolder


def network_definition(network: Network, where: str, sample_rate: int) -> dict[str, Any]:
    """Return class and parameters of a network, and the labels of one that came trained.

    Parameters
    ----------
    network
        Its section.
    where
        Its key in the config, for messages.
    sample_rate
        Of its front end, Hz.

    Returns
    -------
    dict
        ``class`` and ``params``; for a network that came trained ``labels``, and for a model that
        gives only scores what :func:`mishear.training.scoring.load_scorer` needs in
        ``scores_only``.

    Raises
    ------
    UserError
        If its labels are those of a folder, and the folder does not state them.
    """
    found = network.model_dump(by_alias=True, include={"class_", "params"})
    if network.is_trained:
        found["labels"] = labels_of(network, where)
    if network.is_scores_only:
        found["scores_only"] = {
            "where": where,
            "command": network.command,
            "files": UnrecordedFiles(map(str, weights_files(network, where))),
            "timeout": Unrecorded(network.timeout),
            "sample_rate": sample_rate,
        }
    return found


def labels_of(network: Network, where: str) -> list[str]:
    """Return the labels of a trained model's outputs, in their order."""
    if network.is_folder:
        return model_folder(network, where).labels(network.labels)
    return network.labels


def model_folder(network: Network, where: str) -> ModelFolder:
    """Return the folder of a model in Hugging Face's format."""
    return ModelFolder(weights_path(network), where)


def weights_path(network: Network) -> Path | None:
    """Return the file with a trained model's weights, or its folder; None where it has neither."""
    return Path(network.weights) if network.weights is not None else None


def weights_files(network: Network, where: str) -> list[Path]:
    """Return the files that a trained model consists of.

    Those of a model that gives only scores are its ``files``, and the words of its ``command`` that
    are paths of files.
    """
    if network.is_scores_only:
        words = map(one_spelling, network.command or [])
        named = [*network.files, *(word for word in words if Path(word).is_file())]
        return list(map(Path, dict.fromkeys(named)))
    if network.is_folder:
        return model_folder(network, where).files()
    return [weights_path(network)]


def weights_hash(network: Network, where: str, hashes: FileHashes) -> str:
    """Return the SHA-256 of a trained model's file; for a folder see ``ModelFolder.digest``.

    That of a model that gives only scores is of the hashes of its files, in their order.
    """
    if network.is_scores_only:
        found = hashes.of_all(weights_files(network, where))
        return hashlib.sha256("\n".join(found).encode()).hexdigest()
    if network.is_folder:
        return model_folder(network, where).digest(hashes)
    return hashes.of(weights_path(network))
