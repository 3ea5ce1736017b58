"""Section `defences`: what stands in front of a network."""

from typing import Annotated

from pydantic import Field, model_validator

from mishear.config.base import ClassSection, Count, Names, Section, UniqueNames
from mishear.config.study import Kinds

NO_DEFENCE = "none"
"""Name of the defence that is always there."""


class Certificate(Section):
    """How certified radii are measured (Cohen et al. 2019)."""

    selection: Count = Field(default=100, description="Draws of the noise that choose the class.")
    samples: Count = Field(
        default=1000, description="Draws of the noise that bound its probability from below."
    )
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = Field(
        default=0.999, description="Confidence level of each recording's radius."
    )


class Defence(ClassSection):
    """A named defence: one class, or a chain of other defences."""

    class_: str | None = Field(
        default=None,
        alias="class",
        description="`MedianSmoothing`, `AverageSmoothing`, `FeatureSqueezing`, "
        "`JpegCompression`, `TotalVariation` or `RandomisedSmoothing` of `mishear.defences` "
        "(`config/defences.yaml` has examples), or the dotted path of your own that derives from "
        "`mishear.defences.base.Defence`.",
    )
    chain: Names | None = Field(
        default=None,
        description="Names of other defences, in the order in which they are "
        "applied; instead of `class`.",
    )
    evaluation: Kinds | None = Field(
        default=None, description="How it is attacked; unset: as the study says."
    )
    attacks: UniqueNames | None = Field(
        default=None,
        description="Attacks on victims behind this defence; unset: those of the recipe, or the "
        "study's.",
    )
    certificate: Certificate | None = Field(
        default=None,
        description="Certify the radius within which no change is misclassified; for a chain that "
        "begins with `RandomisedSmoothing`.",
    )

    @model_validator(mode="after")
    def _class_or_chain(self) -> "Defence":
        if (self.class_ is None) == (self.chain is None):
            raise ValueError("needs either 'class' or 'chain'")
        if self.chain and self.params:
            raise ValueError("'params' belong to a 'class', not to a 'chain'")
        return self
