"""The path of everything in ``results``, once.

Patterns hold wildcards in braces, which are the names of parameters of :meth:`str.format` and of
Snakemake's rules alike. The paths of this package are made of names alone, which are unique in one
config. On disk a digest follows the names, see :mod:`mishear.study.places`.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath

from mishear.config.base import NAME_PATTERN

NAME = NAME_PATTERN.strip("^$")
"""Regular expression of the names that become parts of a path."""

# Corpora

CORPUS = "results/corpora/{corpus}"
ARCHIVE = f"{CORPUS}/archive"
RECORDINGS = f"{CORPUS}/recordings"
INSPECTED = f"{CORPUS}/inspected.csv"
REJECTED = f"{CORPUS}/rejected.csv"
INDEX = f"{CORPUS}/index.csv"
UNPACKED_FROM = f"{CORPUS}/unpacked_from.sha256"
"""Hash of the archive that the recordings were unpacked from."""
INSPECTED_FROM = f"{CORPUS}/inspected_from.sha256"
"""Hash of the recordings that were inspected."""
SPLIT = "results/splits/{corpus}{fold}.csv"
"""Without folds ``fold`` is empty, see :mod:`mishear.study.folds`."""

# Features

_SHARD = "shard{shard}-of-{shards}"
WAVEFORM_SHARD = f"results/waveforms/{{corpus}}/{{front_end}}/{_SHARD}.npy"
CLEAN = "clean"
"""Version of the spectrograms of recordings as they are."""
POISONED = "{poison}-amplitude{amplitude}"
"""Version of the spectrograms of poisoned recordings."""


def features(version: str) -> str:
    """Return the pattern of the folder of a version of the spectrograms."""
    return f"results/spectrograms/{{corpus}}/{{front_end}}/{version}"


def spectrogram_shard(version: str) -> str:
    """Return the pattern of one shard of a version of the spectrograms."""
    return f"{features(version)}/{_SHARD}.npy"


def spectrograms(version: str) -> str:
    """Return the pattern of a version of the spectrograms."""
    return f"{features(version)}/spectrograms.npy"


def bounds(version: str) -> str:
    """Return the pattern of the file with the range of a version, which holds its hash as well."""
    return f"{features(version)}/bounds.json"


DISTORTIONS_SHARD = f"{features(POISONED)}/{_SHARD}.csv"
DISTORTIONS = f"{features(POISONED)}/distortions.csv"

# Victims

VICTIM = "{corpus}/{front_end}/{network}/{recipe}/seed{seed}{fold}"
WEIGHTS = f"results/victims/{VICTIM}/victim.pt"
HISTORY = f"results/victims/{VICTIM}/history.csv"
ACCURACY = f"results/victims/{VICTIM}/accuracy.json"
DETECTION = f"results/detections/{VICTIM}/{{detector}}.csv"
PROBE = f"results/probes/{VICTIM}/libraries.csv"

# Evaluations

EVALUATION = f"{VICTIM}/{{defence}}/{{attack}}/eps{{eps}}"
EVALUATION_SHARD = f"{EVALUATION}/{_SHARD}"
CHECK = f"{VICTIM}/{{defence}}/{{attack}}"
BASELINES = f"{VICTIM}/{{defence}}@baselines"
CERTIFICATE = f"{VICTIM}/{{defence}}"
CORRUPTED = f"{VICTIM}/{{defence}}/{{corruption}}"
INVERSION = f"{VICTIM}/{{attack}}/eps{{eps}}"
TRANSFER = f"{VICTIM}/{{attack}}"
TARGETED = f"results/targeted/{VICTIM}/{{attack}}/eps{{eps}}.csv"
TARGETED_EXAMPLES = f"results/targeted/{VICTIM}/{{attack}}/eps{{eps}}.npz"
"""One adversarial example of each pair of classes that the attack reaches."""


def results(place: str) -> str:
    """Return the table of an evaluation, or of a shard of it."""
    return f"results/evaluations/{place}.csv"


def examples(place: str) -> str:
    """Return the file of the adversarial inputs of an evaluation, or of a shard of it."""
    return f"results/evaluations/{place}.npz"


PERTURBATION = f"results/perturbations/{EVALUATION}.npz"
"""What a universal attack has learned."""


def check(place: str) -> str:
    """Return the table of the runs of a check."""
    return f"results/checks/{place}.csv"


def certificates(place: str) -> str:
    """Return the table of certified radii."""
    return f"results/certificates/{place}.csv"


def corrupted(place: str) -> str:
    """Return the table of predictions on corrupted recordings, at all severities."""
    return f"results/corruptions/{place}.csv"


def inversion(place: str) -> str:
    """Return the table of predictions on inverted spectrograms."""
    return f"results/inversions/{place}.csv"


def transferred(place: str) -> str:
    """Return the table of predictions on the examples of source models."""
    return f"results/transfers/{place}.csv"


# Audio

CLEAN_SOUND = "{corpus}/{front_end}/clean"
ROUND_TRIP = "{corpus}/{front_end}/round-trip"
POISONED_SOUND = f"{{corpus}}/{{front_end}}/{POISONED}"
INVERTED_SOUND = f"{VICTIM}/@inverted/{{attack}}/eps{{eps}}"


def sound(place: str) -> str:
    """Return the FLAC file of the test recordings in one version."""
    return f"results/sounds/{place}.flac"


def quality(place: str) -> str:
    """Return the table of the audio quality of a sound."""
    return f"results/audio/{place}/quality.csv"


def transcripts(place: str, recogniser: str = "{recogniser}") -> str:
    """Return the table of what a speech recogniser transcribed of a sound."""
    return f"results/audio/{place}/transcripts/{recogniser}.csv"


# Other libraries

LIBRARY_PACKAGES = "results/libraries/packages"
LIBRARY_LISTING = "results/libraries/packages.txt"

# Reports

REPORT = "results/reports/{study}"
FIGURE = "figures/{corpus}/{front_end}/{network}/{figure}.svg"
"""Below the study's report."""
COLUMN_SVG = "column/{corpus}/{front_end}/{network}/{figure}.svg"
COLUMN_PDF = "column/{corpus}/{front_end}/{network}/{figure}.pdf"
"""The same figure for a column of a paper."""
VICTIM_PAGE = "victims/{corpus}/{front_end}/{network}.html"
"""Below the study's report, where it has a page for each of many settings."""
LISTENING_PAGE = "listening/{corpus}/{front_end}/{network}.html"
"""Below the study's report."""
TARGETED_PAGE = "targeted/{corpus}/{front_end}/{network}.html"
"""Below the study's report."""


def report(study: str, name: str) -> str:
    """Return a file of a study's report."""
    return f"{REPORT.format(study=study)}/{name}"


# Files that stand for others


def digest(path: str) -> str:
    """Return the file with the hash of a large file or folder."""
    return str(PurePosixPath(path).with_suffix(".sha256"))


_LARGE = (".npy", ".npz", ".pt", "/archive", "/recordings", LIBRARY_PACKAGES)


def is_large(path: str) -> bool:
    """Tell whether a file is compared by the hash beside it.

    It is too large to be read whenever its modification time has changed.
    """
    return path.startswith("results/") and path.endswith(_LARGE)


# Parts of paths


def number_name(value: float) -> str:
    """Return a number as it stands in a path; the config's numbers are rounded to fit.

    It stands in names, too, so a large one has no plus sign: ``1e06``.
    """
    return f"{value:g}".replace("+", "")


def in_shards(place: str, shards: int) -> Iterable[str]:
    """Return the places of all shards of an evaluation."""
    return [f"{place}/shard{shard}-of-{shards}" for shard in range(shards)]
