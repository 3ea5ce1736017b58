"""The networks of a study: their definitions for jobs, and the files of those that came trained."""

from pathlib import Path
from typing import Any

from mishear.config.networks import Network
from mishear.core.files import one_spelling
from mishear.runtime.file_hashes import FileHashes
from mishear.study.model_folders import ModelFolder


def network_definition(network: Network, where: str) -> dict[str, Any]:
    """Return class and parameters of a network, and the labels of one that came trained.

    Parameters
    ----------
    network
        Its section.
    where
        Its key in the config, for messages.

    Raises
    ------
    UserError
        If its labels are those of a folder, and the folder does not state them.
    """
    found = network.model_dump(by_alias=True, include={"class_", "params"})
    if network.is_trained:
        found["labels"] = labels_of(network, where)
    return found


def labels_of(network: Network, where: str) -> list[str]:
    """Return the labels of a trained model's outputs, in their order."""
    if network.is_folder:
        return model_folder(network, where).labels(network.labels)
    return network.labels


def model_folder(network: Network, where: str) -> ModelFolder:
    """Return the folder of a model in Hugging Face's format."""
    return ModelFolder(weights_path(network), where)


def weights_path(network: Network) -> Path:
    """Return the file with a trained model's weights, or its folder."""
    return Path(one_spelling(network.weights))


def weights_files(network: Network, where: str) -> list[Path]:
    """Return the files that a trained model consists of."""
    if network.is_folder:
        return model_folder(network, where).files()
    return [weights_path(network)]


def weights_hash(network: Network, where: str, hashes: FileHashes) -> str:
    """Return the SHA-256 of a trained model's file; for a folder see ``ModelFolder.digest``."""
    if network.is_folder:
        return model_folder(network, where).digest(hashes)
    return hashes.of(weights_path(network))
