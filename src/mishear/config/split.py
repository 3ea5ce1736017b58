"""Section `split`: how recordings are divided."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from mishear.config.base import Section, Seed


class Split(Section):
    """How recordings are divided; no recording is ever in two splits."""

    by: Literal["random", "speaker"] = Field(
        default="random",
        description="`random`: stratified by class; `speaker`: no speaker is in two splits.",
    )
    train: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.8, description="Proportion of the recordings."
    )
    validation: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.12, description="Proportion of the recordings."
    )
    test: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.08, description="Proportion of the recordings."
    )
    seed: Seed = Field(default=0, description="Seed of the division.")

    @model_validator(mode="after")
    def _sums_to_one(self) -> "Split":
        total = self.train + self.validation + self.test
        if not math.isclose(total, 1, abs_tol=1e-6):
            raise ValueError(f"train + validation + test is {total:g}, must be 1")
        return self
