"""The corpora that Mishear knows by name, with their content."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

DIGITS = tuple("0123456789")


@dataclass(frozen=True)
class Expectation:
    """The content of a complete corpus; checked instead of an archive's hash.

    Attributes
    ----------
    speakers
        Number of speakers.
    recordings
        Recordings of each class by each speaker.
    sample_rate
        Sample rate in Hz.
    channels
        Number of channels.
    bits
        Bits of an integer sample.
    """

    speakers: int
    recordings: int
    sample_rate: int
    channels: int
    bits: int


@dataclass(frozen=True)
class Source:
    """A corpus with known origin and content.

    Attributes
    ----------
    urls
        Addresses of the archive, tried in turn; empty where nothing is downloaded.
    pattern
        Regular expression searched in a recording's path relative to the corpus's folder, with
        the groups ``label``, ``speaker`` and ``take``.
    classes
        Labels of the classes, in their order.
    expectation
        Content of the complete corpus.
    licence
        Licence of the recordings.
    homepage
        Page about the corpus.
    """

    urls: tuple[str, ...]
    pattern: str
    classes: tuple[str, ...]
    expectation: Expectation
    licence: str
    homepage: str


_AUDIOMNIST_COMMIT = "3c9ed8cfcdee9de04c1f61658dbc0883b5b7d781"

# D_SS_R.wav in the folder SS of its speaker.
_AUDIOMNIST_PATTERN = (
    r"(?:^|/)(?P<speaker>[0-9]{2})/"
    r"(?P<label>[0-9])_(?P=speaker)_(?P<take>[0-9]+)\.wav$"
)

SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "espeak": Source(
            urls=(),
            pattern=_AUDIOMNIST_PATTERN,
            classes=DIGITS,
            expectation=Expectation(
                speakers=60, recordings=5, sample_rate=22050, channels=1, bits=16
            ),
            licence="synthesised on the spot by eSpeak NG (GPL-3.0-or-later, as a program)",
            homepage="https://github.com/espeak-ng/espeak-ng",
        ),
        "fsdd": Source(
            urls=(
                "https://github.com/Jakobovski/free-spoken-digit-dataset"
                "/archive/refs/tags/v1.0.10.tar.gz",
            ),
            pattern=r"(?:^|/)(?P<label>[0-9])_(?P<speaker>[a-z]+)_(?P<take>[0-9]+)\.wav$",
            classes=DIGITS,
            expectation=Expectation(
                speakers=6, recordings=50, sample_rate=8000, channels=1, bits=16
            ),
            licence="CC BY-SA 4.0",
            homepage="https://github.com/Jakobovski/free-spoken-digit-dataset",
        ),
        "audiomnist": Source(
            urls=(
                f"https://github.com/soerenab/AudioMNIST/archive/{_AUDIOMNIST_COMMIT}.zip",
                f"https://github.com/soerenab/AudioMNIST/archive/{_AUDIOMNIST_COMMIT}.tar.gz",
            ),
            pattern=_AUDIOMNIST_PATTERN,
            classes=DIGITS,
            expectation=Expectation(
                speakers=60, recordings=50, sample_rate=48000, channels=1, bits=16
            ),
            licence="MIT",
            homepage="https://github.com/soerenab/AudioMNIST",
        ),
    }
)
