"""Section `checks`: checks of attacks and defences."""

from typing import Annotated

from pydantic import AfterValidator, Field

from mishear.config.base import Count, Section, UniqueNames, canonical_number


class Checks(Section):
    """Checks of attacks and defences, shown in every report."""

    recordings: Count = Field(
        default=240,
        description="Number of test recordings on which attacks are checked. With 240, "
        "differences of about 5 points are detected; `smallest_difference` in `checks.csv` has "
        "the exact size.",
    )
    eps: Annotated[float, Field(gt=0), AfterValidator(canonical_number)] = Field(
        default=0.5,
        description="Size of the perturbation at which attacks are compared, in the input's unit.",
    )
    attacks: UniqueNames | None = Field(
        default=None, description="Attacks that are checked; unset: all attacks on a victim."
    )
    more: Annotated[int, Field(ge=2)] = Field(
        default=2,
        description="Factor by which the iterations of an attack are increased; its results must "
        "change little.",
    )
    noise_draws: Count = Field(
        default=20, description="Draws of the random noise that an attack is compared with."
    )
    queries: Count = Field(
        default=5000,
        description="Largest number of queries for a recording of the black-box attack that an "
        "attack is compared with. It is run on the recordings that the checked attacks left "
        "correct.",
    )
