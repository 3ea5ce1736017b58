"""Section `recipes.<name>.poison`: what is done to training recordings."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from mishear.config.base import (
    ClassName,
    ClassSection,
    Rates,
    Seed,
    UniqueNames,
    canonical_number,
    no_repeats,
)
from mishear.core.ranges import LOUDEST, SMALLEST

Amplitude = Annotated[float, Field(ge=SMALLEST, le=LOUDEST), AfterValidator(canonical_number)]


class Poison(ClassSection):
    """Poisoning of the training recordings; one victim is trained for each step of its sweep."""

    class_: str = Field(
        alias="class",
        description="Class of `mishear.poisoning.poisons` (`UniformNoise`, `RandomLabelFlip`, "
        "`TargetedLabelFlip`, `Backdoor`, `CleanLabelBackdoor`), or the dotted path of your own "
        "that derives from `mishear.poisoning.base.Poison`.",
    )
    amplitude: (
        Annotated[list[Amplitude], Field(min_length=1), AfterValidator(no_repeats)] | None
    ) = Field(
        default=None,
        description="Of a poison that changes the waveform: its sizes, fractions of full scale "
        "(0.0316 is -30 dB). Unset: it changes labels alone.",
    )
    rate: Rates = Field(
        description="Poisoning rates: fractions of the training recordings that may be poisoned "
        "(of a `Backdoor`: of all training recordings)."
    )
    target: ClassName | None = Field(
        default=None, description="Of a poison that aims at a class: this class."
    )
    sources: Annotated[list[ClassName], Field(min_length=1), AfterValidator(no_repeats)] | None = (
        Field(
            default=None,
            description="Of a `TargetedLabelFlip`: the classes whose labels are changed; unset: "
            "all but the target.",
        )
    )
    seed: Seed = Field(default=0, description="Seed of all random draws.")
    detectors: UniqueNames = Field(
        default=[],
        description="Detectors that look for the poisoned recordings; for each the network is "
        "trained once more on the recordings that it retains.",
    )

    @model_validator(mode="after")
    def _sources_have_a_target(self) -> "Poison":
        if self.sources and self.target is None:
            raise ValueError("sources need a target")
        if self.target is not None and self.target in (self.sources or []):
            raise ValueError(f"the target '{self.target}' is among the sources")
        return self

    @property
    def amplitudes(self) -> list[float | None]:
        """The amplitudes of the sweep; None where the waveform is left as it is."""
        return list(self.amplitude or [None])
