"""The hash of all samples that the header of a FLAC file has: its decoder does not compare it."""

import hashlib
from typing import IO, TYPE_CHECKING

from mishear.corpora.containers import Unusable

if TYPE_CHECKING:
    import numpy as np

_NONE = bytes(16)
"""What encoders write that do not hash the samples."""


class HashOfSamples:
    """Compare the samples of a FLAC file, part by part, with the hash in its header.

    Parameters
    ----------
    expected
        The MD5 of all samples.
    bits
        Of each sample: 8, 16 or 24.
    """

    def __init__(self, expected: bytes, bits: int):
        self._expected, self._bits = expected, bits
        self._found = hashlib.md5(usedforsecurity=False)

    @classmethod
    def of(cls, file: IO[bytes]) -> "HashOfSamples | None":
        """Read the hash of a file; None if it is not FLAC or has none."""
        file.seek(0)
        head = file.read(42)
        if len(head) < 42 or head[:4] != b"fLaC":
            return None
        # STREAMINFO: rate (20 bits), channels (3), bits of a sample less one (5), length (36), MD5.
        bits = (int.from_bytes(head[18:26], "big") >> 36 & 31) + 1
        return cls(head[26:], bits) if bits in (8, 16, 24) and head[26:] != _NONE else None

    def add(self, block: "np.ndarray") -> None:
        """Add samples of shape (samples, channels), float32, full scale is -1 to 1."""
        import numpy as np

        samples = np.ascontiguousarray((block * 2.0 ** (self._bits - 1)).astype("<i4"))
        self._found.update(samples.view(np.uint8).reshape(-1, 4)[:, : self._bits // 8].tobytes())

    def check(self) -> None:
        """Check that the samples added are all that were encoded, and no others.

        Raises
        ------
        Unusable
            If they are not.
        """
        if self._found.digest() != self._expected:
            raise Unusable("damaged: the samples are not those whose hash is in the header")
