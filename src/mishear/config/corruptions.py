"""Section `corruptions`: natural corruptions of recordings."""

from typing import Annotated

from pydantic import AfterValidator, Field

from mishear.config.base import ClassSection, Seed, canonical_number, no_repeats
from mishear.core.ranges import LARGEST

Level = Annotated[float, Field(ge=-LARGEST, le=LARGEST), AfterValidator(canonical_number)]
Severities = Annotated[
    list[Level],
    Field(min_length=1),
    AfterValidator(no_repeats),
]


class Corruption(ClassSection):
    """A named corruption, under which victims are evaluated at each of its severities."""

    class_: str = Field(
        alias="class",
        description="Class of `mishear.corruptions`, see `docs/corruptions.md`, or the dotted path "
        "of your own that derives from `mishear.corruptions.base.Corruption`.",
    )
    severities: Severities | None = Field(
        default=None,
        description="Levels in the unit of the class, the mildest first; unset: those of the class "
        "(see `docs/corruptions.md`, which has the range of each class as well).",
    )
    seed: Seed = Field(default=0, description="Seed of all random draws.")
