"""Section `targeted`: attacks that aim at every class in turn."""

from pydantic import Field

from mishear.config.base import Count, Names, Section


class Targeted(Section):
    """Attacks aimed at every class: how often each class is turned into each other one."""

    attacks: Names = Field(
        description="Attacks, at all their eps, whatever their `targets`. Each recording is "
        "attacked once for every other class."
    )
    recordings: Count | None = Field(
        default=None,
        description="How many test recordings are attacked, evenly of all classes; unset: all.",
    )
