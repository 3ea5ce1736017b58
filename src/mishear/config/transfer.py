"""Section `transfer`: adversarial examples made on some victims and judged on all of them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from mishear.config.base import NAME_PATTERN, Names, Section, no_repeats

_NAME = NAME_PATTERN.strip("^$")
SourceName = Annotated[str, Field(pattern=f"^{_NAME}/{_NAME}/{_NAME}$")]
"""Names of a front end, a network and a training, joined by slashes."""


class Transfer(Section):
    """Transfer between victims: the examples of an attack on each source, judged on all victims."""

    sources: Annotated[list[SourceName], Field(min_length=1), AfterValidator(no_repeats)] | None = (
        Field(
            default=None,
            description="Source models: front end, network and training of victims of the study, "
            "such as `mel64/paper-cnn/standard`; all their seeds. Unset: all victims of the study.",
        )
    )
    attacks: Names = Field(
        description="Attacks on the source models, at all their eps. Between different front ends "
        "attacks with `domain: waveform`, within one also others.",
    )
