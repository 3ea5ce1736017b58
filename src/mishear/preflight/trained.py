"""Checks of trained models of the user's: their files, and their labels."""

from collections.abc import Sequence
from pathlib import Path

from mishear.config.config import Config
from mishear.config.corpora import Corpus, FolderCorpus
from mishear.config.networks import Network
from mishear.core.errors import UserError
from mishear.core.files import sha256
from mishear.corpora.sources import SOURCES
from mishear.study.evaluations import settings_of
from mishear.training.labels import check_labels
from mishear.training.model_files import kind_of, untrusted


def trained_networks(config: Config) -> dict[str, Network]:
    """Return the networks of the study that come with their weights."""
    chosen = {name: config.networks[name] for name in config.study.networks}
    return {name: network for name, network in chosen.items() if network.is_trained}


def stamps(config: Config) -> list[tuple[str, int, int]]:
    """Return path, size and time of the files of the study's trained models.

    Raises
    ------
    UserError
        If one is not there.
    """
    found = []
    for name, network in trained_networks(config).items():
        path = Path(network.weights).expanduser()
        if not path.is_file():
            raise UserError(
                f"networks.{name}.weights: '{network.weights}' is no file. Give the file of the "
                f"trained model, from the working directory {Path.cwd()}."
            )
        about = path.stat()
        found.append((str(path), about.st_size, about.st_mtime_ns))
    return found


def check_trained(config: Config, name: str) -> None:
    """Check the file of a trained model, and its labels where the corpora's are known.

    Parameters
    ----------
    config
        The config.
    name
        Name of a network of the study that comes with its weights.

    Raises
    ------
    UserError
        If the file has another hash, or would run code and is not trusted, or the labels are not
        the classes of a corpus.
    """
    network, where = config.networks[name], f"networks.{name}"
    path = Path(network.weights).expanduser()
    if network.sha256 is not None and (found := sha256(path)) != network.sha256:
        raise UserError(
            f"{where}.sha256: '{path}' has the hash {found}, not {network.sha256}. Give the file "
            f"that was meant, or its hash."
        )
    kind = kind_of(path, f"{where}.weights")
    if kind in ("torchscript", "exported"):
        if not network.trust:
            raise untrusted(path, kind, where)
        if network.class_ is not None:
            raise UserError(
                f"{where}.class: '{path}' brings its own code, so the class is not used. Remove "
                f"it with its params."
            )
    for corpus in names_beside(config, name, "corpus"):
        classes = known_classes(config.corpora[corpus])
        if classes is not None:
            check_labels(network.labels, sorted(classes), corpus, where)


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
