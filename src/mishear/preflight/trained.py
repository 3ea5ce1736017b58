"""Checks of trained models of the user's: their files, and their labels."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from mishear.config.config import Config
from mishear.config.corpora import Corpus, FolderCorpus
from mishear.config.networks import Network
from mishear.core.errors import UserError
from mishear.core.plugins import HUGGING_FACE
from mishear.corpora.sources import SOURCES
from mishear.runtime.file_hashes import FileHashes
from mishear.study.evaluations import settings_of
from mishear.study.networks import (
    labels_of,
    model_folder,
    weights_files,
    weights_hash,
    weights_path,
)
from mishear.training.labels import check_labels
from mishear.training.model_files import kind_of, untrusted


def trained_networks(config: Config) -> dict[str, Network]:
    """Return the networks of the study that came trained."""
    chosen = {name: config.networks[name] for name in config.study.networks}
    return {name: network for name, network in chosen.items() if network.is_trained}


def stamps(config: Config) -> list[tuple[str, int, int]]:
    """Return path, size and time of the files of the study's networks that came trained.

    Raises
    ------
    UserError
        If one is not there.
    """
    found = []
    for name, network in trained_networks(config).items():
        where = f"networks.{name}"
        _check_there(network, where)
        for path in weights_files(network, where):
            about = path.stat()
            found.append((str(path), about.st_size, about.st_mtime_ns))
    return found


def _check_there(network: Network, where: str) -> None:
    """Check that a model's files are files, or its folder a folder."""
    if network.is_scores_only:
        for path in weights_files(network, where):
            if not path.is_file():
                raise UserError(
                    f"{where}.files: '{path}' is not a file. Give the files that the results of "
                    f"the model depend on, from the working directory {Path.cwd()}."
                )
        return
    path = weights_path(network)
    if network.is_folder and not path.is_dir():
        raise UserError(
            f"{where}.weights: '{network.weights}' is not a folder. Give the folder with "
            f"config.json and the weights, from the working directory {Path.cwd()}. Nothing is "
            f"downloaded."
        )
    if not network.is_folder and path.is_dir():
        raise UserError(
            f"{where}.weights: '{network.weights}' is a folder. For one in Hugging Face's format, "
            f"write class: {HUGGING_FACE}; else give the file of the trained model."
        )
    if not path.exists():
        raise UserError(
            f"{where}.weights: '{network.weights}' is not a file. Give the file of the trained "
            f"model, from the working directory {Path.cwd()}."
        )


def check_trained(config: Config, name: str) -> None:
    """Check the file or folder of a trained model, and its labels where the corpora's are known.

    Parameters
    ----------
    config
        The config.
    name
        Name of a network of the study that came trained.

    Raises
    ------
    UserError
        If the file has another hash, or would run code and is not trusted, or the labels are not
        the classes of a corpus, or a front end has another sampling rate than the model's.
    """
    network, where = config.networks[name], f"networks.{name}"
    if network.is_scores_only:
        labels = network.labels
    else:
        _check_weights(config, name)
        labels = labels_of(network, where)
    for corpus in names_beside(config, name, "corpus"):
        classes = known_classes(config.corpora[corpus])
        if classes is not None:
            check_labels(labels, sorted(classes), corpus, where)


def _check_weights(config: Config, name: str) -> None:
    """Check the file or folder of a network that came with its weights."""
    network, where = config.networks[name], f"networks.{name}"
    path = weights_path(network)
    if (
        network.sha256 is not None
        and (found := weights_hash(network, where, FileHashes())) != network.sha256
    ):
        raise UserError(
            f"{where}.sha256: '{path}' has the hash {found}, not {network.sha256}. Give the file "
            f"that was meant, or its hash."
        )
    if network.is_folder:
        _check_folder(config, name)
    else:
        _check_kind(network, where)


def _check_folder(config: Config, name: str) -> None:
    """Check a folder in Hugging Face's format, and the sampling rates of its front ends."""
    where = f"networks.{name}"
    folder = model_folder(config.networks[name], where)
    folder.check()
    if find_spec("transformers") is None:
        raise UserError(
            f"{where}: a folder in Hugging Face's format is read by the package 'transformers', "
            f"which is not installed. Install it: pip install 'transformers>=5'."
        )
    for front_end in names_beside(config, name, "front_end"):
        rate = config.front_ends[front_end].sample_rate
        if rate != folder.sampling_rate:
            raise UserError(
                f"{where}: front end '{front_end}' gives {rate} samples per second, but the model "
                f"in '{folder.path}' takes {folder.sampling_rate}. Write "
                f"front_ends.{front_end}.sample_rate: {folder.sampling_rate}; recordings of "
                f"another rate are converted."
            )


def _check_kind(network: Network, where: str) -> None:
    """Check that a file which would run code is trusted."""
    path = weights_path(network)
    kind = kind_of(path, f"{where}.weights")
    if kind in ("torchscript", "exported"):
        if not network.trust:
            raise untrusted(path, kind, where)
        if network.class_ is not None:
            raise UserError(
                f"{where}.class: '{path}' brings its own code, so the class is not used. Remove "
                f"it with its params."
            )


def names_beside(config: Config, network: str, key: str) -> list[str]:
    """Return the corpora or front ends that a network of the study is combined with.

    Parameters
    ----------
    config
        The config.
    network
        Its name.
    key
        ``corpus`` or ``front_end``.
    """
    settings = settings_of(config)
    return list(dict.fromkeys(each[key] for each in settings if each["network"] == network))


def known_classes(corpus: Corpus) -> Sequence[str] | None:
    """Return the classes of a corpus, or None where its recordings decide them."""
    if isinstance(corpus, FolderCorpus):
        return corpus.classes
    return SOURCES[corpus.source].classes
