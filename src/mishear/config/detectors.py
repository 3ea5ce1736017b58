"""Section `detectors`: detectors of poisoned recordings."""

from pydantic import Field

from mishear.config.base import ClassSection


class Detector(ClassSection):
    """A named detector of poisoned training recordings."""

    class_: str = Field(
        alias="class",
        description="`ActivationClustering`, `SpectralSignatures`, `NeighbourDisagreement` or "
        "`StretchTransplants` of `mishear.poisoning.detectors` (see `docs/detectors.md`), or the "
        "dotted path of your own with a method `detect`.",
    )
