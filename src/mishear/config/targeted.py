"""Section `targeted`: attacks that aim at every class in turn."""

from pydantic import Field

from mishear.config.base import Count, Names, Section


class Targeted(Section):
    """Attacks aimed at every class in turn: how often recordings of one class become another."""

    attacks: Names = Field(
        description="Attacks to run at all their eps; their key `targets` has no effect here. "
        "Each recording is attacked once for every other class."
    )
    recordings: Count | None = Field(
        default=None,
        description="Number of test recordings that are attacked, evenly over the classes; unset: "
        "all.",
    )
