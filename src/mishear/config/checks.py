"""Section `checks`: checks of attacks and defences."""

from typing import Annotated

from pydantic import Field

from mishear.config.base import Count, Section, Sizes, UniqueNames


class Checks(Section):
    """Checks of attacks and defences, shown in every report."""

    recordings: Count = Field(
        default=240,
        description="Number of test recordings on which attacks are checked. With 240, "
        "differences of about 5 points are detected; `smallest_difference` in `checks.csv` has "
        "the exact size.",
    )
    eps: Sizes = Field(
        default=None,
        description="Size of the perturbation at which attacks on the input are compared, in the "
        "unit of the front end: a number, or a number for each front end by its name. Unset: 0.5 "
        "for inputs in dB, otherwise the middle eps of all attacks on the network's input.",
    )
    attacks: UniqueNames | None = Field(
        default=None, description="Attacks that are checked; unset: all attacks on a victim."
    )
    more: Annotated[int, Field(ge=2, le=1000)] = Field(
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
