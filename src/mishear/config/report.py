"""Section `report`: what the report shows."""

from typing import Annotated

from pydantic import AfterValidator, Field

from mishear.config.base import Section, Shown, Sizes
from mishear.config.messages import suggestion

USUAL_COLOUR_MAPS = ("cividis", "gray", "inferno", "magma", "plasma", "viridis")
"""Known without importing Matplotlib, which takes its time."""


def _colour_map(name: str) -> str:
    if name in USUAL_COLOUR_MAPS:
        return name
    from matplotlib import colormaps

    if name not in colormaps:
        raise ValueError(f"not a colour map of Matplotlib{suggestion(name, colormaps)}")
    return name


class Gallery(Section):
    """The recordings drawn in the report: clean, adversarial, difference."""

    recordings: Shown = Field(
        default=3,
        description="How many test recordings, or their names as in `index.csv`.",
    )
    eps: Sizes = Field(
        default=None,
        description="Size of the perturbation where the report shows one, in the unit of the front "
        "end, as for `checks.eps`. Each attack is shown at its nearest eps.",
    )


class Report(Section):
    """What the report shows."""

    gallery: Gallery = Gallery()
    paper_reference: bool = Field(
        default=True,
        description='Draw the figures of "Attacks on the neural network and defense methods" '
        "(2024) beside those of this run.",
    )
    other_libraries: bool = Field(
        default=False,
        description="Run the components of ART and advertorch on the reference victim, and judge "
        "what the paper says of them. Installs both into a folder of their own (about 100 MB).",
    )
    colour_map: Annotated[str, AfterValidator(_colour_map)] = Field(
        default="magma", description="Matplotlib colour map of spectrograms."
    )
