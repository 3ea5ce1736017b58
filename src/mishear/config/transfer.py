"""Section `transfer`: adversarial examples of some victims, tried on all of them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from mishear.config.base import NAME_PATTERN, Names, Section, no_repeats

_NAME = NAME_PATTERN.strip("^$")
SourceName = Annotated[str, Field(pattern=f"^{_NAME}/{_NAME}/{_NAME}$")]
"""Names of a front end, a network and a training, joined by slashes."""


class Transfer(Section):
    """Transfer between victims: adversarial examples of source models, evaluated on all victims."""

    sources: Annotated[list[SourceName], Field(min_length=1), AfterValidator(no_repeats)] | None = (
        Field(
            default=None,
            description="Source models, named by front end, network and training, such as "
            "`mel64/paper-cnn/standard`, with all their seeds. Unset: all victims of the study, "
            "models that give only scores for attacks without gradients alone.",
        )
    )
    attacks: Names = Field(
        description="Attacks on the source models, at all their eps. If the study has several "
        "front ends, only attacks with `domain: waveform` are allowed.",
    )
