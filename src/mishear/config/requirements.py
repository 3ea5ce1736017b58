"""Items of `study.require`: accuracies that the victims of a study must reach."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from mishear.config.base import Name, Section, canonical_number
from mishear.core.ranges import LOWEST_RATIO

Accuracy = Annotated[float, Field(gt=0, le=1), AfterValidator(canonical_number)]


class Requirement(Section):
    """An accuracy that victims must reach, or the run fails (see `docs/gate.md`)."""

    accuracy: Accuracy | None = Field(
        default=None,
        description="Accuracy that the victims must reach under `attack` or `corruption`. The "
        "lower end of its 95 % interval counts.",
    )
    clean_accuracy: Accuracy | None = Field(
        default=None, description="The same on clean recordings; instead of `accuracy`."
    )
    attack: Name | None = Field(
        default=None, description="Attack, or poison, under which `accuracy` is measured."
    )
    eps: Annotated[float, Field(ge=LOWEST_RATIO), AfterValidator(canonical_number)] | None = Field(
        default=None,
        description="One eps of the attack, or one amplitude of the poison; unset: each of them.",
    )
    corruption: Name | None = Field(
        default=None, description="Corruption under which `accuracy` is measured."
    )
    severity: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="One severity of the corruption, from 1; unset: each of them."
    )
    corpus: Name | None = Field(default=None, description="Of these victims; unset: of any corpus.")
    front_end: Name | None = Field(default=None, description="The same for front ends.")
    network: Name | None = Field(default=None, description="The same for networks.")
    recipe: Name | None = Field(
        default=None,
        description="The same for recipes: one of `study.recipes`, or one training of a sweep, as "
        "in the column `recipe` of `summary.csv`.",
    )
    defence: Name | None = Field(
        default=None, description="Defence before the victims, or `none`; unset: any."
    )
    evaluation: Literal["adaptive", "transfer"] | None = Field(
        default=None, description="How victims with a defence are attacked; unset: either way."
    )

    @model_validator(mode="after")
    def _says_what_is_measured(self) -> "Requirement":
        if (self.accuracy is None) == (self.clean_accuracy is None):
            raise ValueError("needs either accuracy or clean_accuracy")
        conditions = [name for name in ("attack", "corruption") if getattr(self, name) is not None]
        if self.accuracy is not None and len(conditions) != 1:
            raise ValueError(
                "accuracy needs either attack or corruption; for clean recordings, use "
                "clean_accuracy"
            )
        if self.clean_accuracy is not None and conditions:
            raise ValueError(f"clean_accuracy has no {conditions[0]}; give accuracy instead")
        for key, of in (("eps", "attack"), ("severity", "corruption"), ("evaluation", "attack")):
            if getattr(self, key) is not None and getattr(self, of) is None:
                raise ValueError(f"{key} needs the key {of}")
        return self
