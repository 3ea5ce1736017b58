"""Section `study`: the names that one run is made of."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from mishear.config.base import Name, Names, Section, Seeds, UniqueNames, no_repeats
from mishear.config.requirements import Requirement

Kinds = Annotated[
    list[Literal["transfer", "adaptive"]], Field(min_length=1), AfterValidator(no_repeats)
]


class Combination(Section):
    """Lists whose combinations are victims."""

    corpora: Names | None = Field(default=None, description="Of `study.corpora`; unset: all.")
    front_ends: Names | None = Field(default=None, description="Of `study.front_ends`; unset: all.")
    networks: Names | None = Field(default=None, description="Of `study.networks`; unset: all.")
    recipes: Names | None = Field(default=None, description="Of `study.recipes`; unset: all.")
    seeds: Seeds | None = Field(default=None, description="Of `study.seeds`; unset: all.")


class Study(Section):
    """The parts of one run: names defined in the other sections."""

    name: Name = Field(description="Folder of the study's report under `results/reports`.")
    corpora: Names = Field(description="Corpora to use.")
    front_ends: Names = Field(description="Front ends to use.")
    networks: Names = Field(description="Networks to use.")
    recipes: UniqueNames = Field(
        description="Recipes by which the networks are trained. Networks with `weights` are "
        "combined with no recipe; the list may be empty if all networks have `weights`."
    )
    victims: Annotated[list[Combination], Field(min_length=1)] | None = Field(
        default=None,
        description="Which corpora, front ends, networks, recipes and seeds are combined, such as "
        "`[{front_ends: [mel64], networks: [paper-cnn]}, {front_ends: [samples], networks: "
        "[m5]}]`. The victims are all combinations of the lists in each item; a list that an "
        "item does not name is that of `study`. Unset: all combinations of the lists of `study`.",
    )
    defences: Names = Field(
        default=["none"], description="Defences in front of the victim; `none` is predefined."
    )
    attacks: UniqueNames = Field(
        description="Attacks on every victim that is not poisoned; may be empty."
    )
    corruptions: UniqueNames = Field(
        default=[],
        description="Natural corruptions of the test recordings, under which every victim is "
        "evaluated (see `docs/corruptions.md`).",
    )
    evaluation: Kinds = Field(
        default=["transfer", "adaptive"],
        description="How victims with a defence, in front of them or in their training, are "
        "attacked. `transfer`: with adversarial inputs computed on the source model, which is "
        "the victim of the study's first recipe without poison, without a defence. `adaptive`: "
        "through the defence.",
    )
    seeds: Seeds = Field(
        default=[0], description="Seeds of the trainings; one victim is trained for each."
    )
    save_examples: bool = Field(
        default=False,
        description="Keep every adversarial input, compressed, beside its results (`.npz`).",
    )
    require: list[Requirement] = Field(
        default=[],
        description="Accuracies that the victims must reach. Where one falls short, the run fails "
        "once the report is written (see `docs/gate.md`).",
    )
