"""Where the recordings of a corpus come from."""

import os
from dataclasses import dataclass, replace
from typing import Any, Literal

from mishear.config.corpora import AudioMnistCorpus, EspeakCorpus, FolderCorpus, FsddCorpus
from mishear.core.errors import UserError
from mishear.corpora.sources import SOURCES, Expectation


@dataclass(frozen=True)
class Origin:
    """How a corpus comes to its folder of recordings.

    Attributes
    ----------
    kind
        ``synthesised``; ``download``: an archive at one of ``urls``; ``archive``: the file
        ``path``; ``directory``: the folder ``path``, read in place.
    urls
        Addresses, to be tried in turn.
    path
        A file or folder of the user's.
    key
        The key of the corpus's definition that names another place.
    """

    kind: Literal["synthesised", "download", "archive", "directory"]
    urls: tuple[str, ...] = ()
    path: str | None = None
    key: str = "archive"


def origin(
    name: str, corpus: EspeakCorpus | FsddCorpus | AudioMnistCorpus | FolderCorpus
) -> Origin:
    """Return where a corpus comes from.

    Parameters
    ----------
    name
        The corpus's name in the config, for messages.
    corpus
        Its definition.

    Raises
    ------
    UserError
        If a local file or folder is named that is not there.
    """
    if isinstance(corpus, EspeakCorpus):
        return Origin("synthesised")
    key = "path" if isinstance(corpus, FolderCorpus) else "archive"
    location = getattr(corpus, key)
    if location is None:
        return Origin("download", urls=SOURCES[corpus.source].urls)
    if "://" in location:
        return Origin("download", urls=(location,), key=key)
    if not os.path.exists(location):
        raise UserError(
            f"corpora.{name}.{key}: '{location}' does not exist. Give a directory, a .zip or "
            f".tar.gz file, or a URL."
        )
    return Origin("directory" if os.path.isdir(location) else "archive", path=location)


def inspection(
    corpus: EspeakCorpus | FsddCorpus | AudioMnistCorpus | FolderCorpus,
) -> dict[str, Any]:
    """Return how the recordings of a corpus are recognised and what it must contain.

    Returns
    -------
    dict
        ``pattern``, ``classes`` (None: those that are found) and ``expectation`` (None: any
        content).
    """
    if isinstance(corpus, FolderCorpus):
        return {"pattern": corpus.pattern, "classes": corpus.classes, "expectation": None}
    source = SOURCES[corpus.source]
    expectation: Expectation = source.expectation
    if isinstance(corpus, EspeakCorpus):
        expectation = replace(expectation, speakers=corpus.speakers, recordings=corpus.repetitions)
    return {
        "pattern": source.pattern,
        "classes": list(source.classes),
        "expectation": expectation,
    }
