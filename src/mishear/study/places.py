"""Where digests stand in paths on disk.

Other modules of this package speak of files by names alone. On disk a digest of what the files are
made of follows the names, see :mod:`mishear.study.identity`.
"""

import re
from collections.abc import Mapping
from functools import cache
from itertools import chain
from string import Formatter
from typing import NamedTuple

from mishear.study import paths

DIGEST = "[0-9a-f]{10}"
"""Regular expression of the digests in paths on disk.

Ten digits distinguish definitions of the same names: of a thousand, two are the same once in two
million times.
"""

_DIGEST = re.compile(f"-({DIGEST})(?=[/.]|$)")

PLACES: Mapping[str, tuple[str, ...]] = {
    "corpus": (paths.CORPUS,),
    "split": (paths.SPLIT.removesuffix(".csv"),),
    "waveforms": ("results/waveforms/{corpus}/{front_end}",),
    "spectrograms": (paths.features(paths.CLEAN),),
    "poisoned": (paths.features(paths.POISONED),),
    "victim": (f"results/victims/{paths.VICTIM}",),
    "detection": (f"results/detections/{paths.VICTIM}/{{detector}}",),
    "probe": (f"results/probes/{paths.VICTIM}",),
    "inversion": (
        f"results/inversions/{paths.INVERSION}",
        f"results/sounds/{paths.INVERTED_SOUND}",
    ),
    "evaluation": tuple(
        f"results/{kind}/{paths.EVALUATION}" for kind in ("evaluations", "perturbations", "sounds")
    ),
    "targeted": (paths.TARGETED.removesuffix(".csv"),),
    "check": (f"results/checks/{paths.CHECK}",),
    "baselines": (f"results/checks/{paths.BASELINES}",),
    "certificate": (f"results/certificates/{paths.CERTIFICATE}",),
    "corrupted": (f"results/corruptions/{paths.CORRUPTED}",),
    "transfer": (f"results/transfers/{paths.TRANSFER}",),
    "clean_sound": (f"results/sounds/{paths.CLEAN_SOUND}",),
    "round_trip": (f"results/sounds/{paths.ROUND_TRIP}",),
    "poisoned_sound": (f"results/sounds/{paths.POISONED_SOUND}",),
    "transcripts": ("results/audio/{sound}/transcripts/{recogniser}",),
    "quality": ("results/audio/{sound}/quality",),
}
"""The patterns that a digest follows, by what is there. All of one kind are made by one job."""

WILDCARDS = {
    **dict.fromkeys(
        ("corpus", "front_end", "network", "recipe", "poison", "attack", "corruption"), paths.NAME
    ),
    **dict.fromkeys(("detector", "recogniser"), paths.NAME),
    "seed": r"\d+",
    "fold": r"(@fold\d+)?",
    "shard": r"\d+",
    "shards": r"\d+",
    "eps": "[^/]+",
    "amplitude": "[^/]+",
    "sound": ".+",
    "digest": DIGEST,
    "defence": f"{paths.NAME}(@{paths.NAME})?",
}
"""Regular expressions of the wildcards of all paths."""


_SHARD = r"/shard\d+(-of-\d+)?"
_TABLE = r"\.csv"
WRITTEN: Mapping[str, str] = {
    "corpus": r"/(archive(\.sha256)?|recordings(\.sha256|/.+)?|(inspected|rejected|index)\.csv|"
    r"(unpacked|inspected)_from\.sha256)",
    "waveforms": rf"{_SHARD}\.(npy|sha256)",
    "spectrograms": rf"({_SHARD}\.(npy|sha256)|/spectrograms\.npy|/bounds\.json)",
    "poisoned": rf"({_SHARD}\.(npy|sha256|csv)|/spectrograms\.npy|/bounds\.json|/distortions\.csv)",
    "victim": r"/(victim\.(pt|sha256)|unfinished\.pt|history\.csv|accuracy\.json)",
    "probe": r"/libraries\.csv",
    "evaluation": rf"({_SHARD})?\.(csv|npz|flac)",
    "inversion": r"\.(csv|flac)",
    "targeted": r"\.(csv|npz)",
    **dict.fromkeys(("clean_sound", "round_trip", "poisoned_sound"), r"\.flac"),
}
"""What follows a place of each kind, as regular expressions; of the others it is ``.csv``."""

_LEFT = re.compile(r".*/(\.[^/]+\.partial[^/]*(/.*)?|[^/]+\.part(\.[^/]*)?)")
"""What killed jobs leave."""


class Place(NamedTuple):
    """A part of a path that a digest follows.

    Attributes
    ----------
    kind
        Its key in :data:`PLACES`.
    text
        The part itself.
    names
        The wildcards in it.
    """

    kind: str
    text: str
    names: Mapping[str, str]


class Kept(NamedTuple):
    """A file on disk: its path by names alone, its place and the digest that follows it."""

    path: str
    place: Place
    digest: str

    @property
    def job(self) -> tuple[str, ...]:
        """What the files of one job, or of several jobs for parts of it, have in common."""
        return (self.place.kind, self.digest, *self.place.names.values())


@cache
def place_of(path: str) -> Place | None:
    """Return the part of a path by names alone that a digest follows on disk; None without."""
    for kind, expression in _expressions().get(_folder(path), ()):
        if found := expression.fullmatch(path):
            names = found.groupdict()
            return Place(kind, names.pop("place"), names)
    return None


def place_on_disk(path: str) -> Kept | None:
    """Return what a path on disk stands for; None for a path without digest.

    Parameters
    ----------
    path
        Of a file, or of a folder with a digest.
    """
    for digest in reversed(list(_DIGEST.finditer(path))):
        by_names = path[: digest.start()] + path[digest.end() :]
        place = place_of(by_names) or place_of(f"{by_names}/")
        if place and len(place.text) == digest.start():
            return Kept(by_names, place, digest[1])
    return None


def is_written(path: str, place: Place) -> bool:
    """Return whether a job writes a file of this name, or leaves it when it is killed.

    Parameters
    ----------
    path
        The path of a file by names alone.
    place
        Its place.
    """
    rest = path.removeprefix(place.text)
    written = re.fullmatch(WRITTEN.get(place.kind, _TABLE), rest)
    return bool(written or _LEFT.fullmatch(path))


def pattern_on_disk(pattern: str) -> str:
    """Return the pattern of paths on disk, with the wildcard ``digest``.

    Parameters
    ----------
    pattern
        The pattern of paths by names alone.
    """
    starts = filter(pattern.startswith, chain(*PLACES.values()))
    return _insert(pattern, max(starts, key=len), "{digest}")


def on_disk(path: str, place: Place, digest: str) -> str:
    """Return a path on disk.

    Parameters
    ----------
    path
        The path by names alone.
    place
        The part of it that the digest follows.
    digest
        The digest.
    """
    return _insert(path, place.text, digest)


def _insert(path: str, start: str, digest: str) -> str:
    return f"{start}-{digest}{path.removeprefix(start)}"


@cache
def _expressions() -> dict[str, list[tuple[str, re.Pattern]]]:
    """Return the regular expressions of all places, by the folder they are in."""
    found: dict[str, list[tuple[str, re.Pattern]]] = {}
    for kind, patterns in PLACES.items():
        for pattern in patterns:
            whole = rf"(?P<place>{_expression(pattern)})(\.[a-z0-9]+|/.*)"
            found.setdefault(_folder(pattern), []).append((kind, re.compile(whole)))
    return found


def _folder(path: str) -> str:
    return "/".join(path.split("/", 2)[:2])


def _expression(pattern: str) -> str:
    parts = []
    for text, name, *_ in Formatter().parse(pattern):
        parts.append(re.escape(text))
        if name:
            parts.append(f"(?P<{name}>{WILDCARDS[name]})")
    return "".join(parts)
