"""A figure of the report, and what there is to say of a kind of figures."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mishear.study import paths

if TYPE_CHECKING:
    from mishear.config.config import Config

Category = Literal[
    "Attacks",
    "Inputs",
    "Corruptions",
    "Defences",
    "Certified",
    "Poisoning",
    "Listening",
    "Training",
    "Transfer",
]
"""A heading of Snakemake's report and a section of the page."""


@dataclass(frozen=True)
class Figure:
    """One figure of the report.

    Attributes
    ----------
    kind
        Its name in ``FIGURES`` and its module in :mod:`mishear.report.figures`.
    corpus, front_end, network
        The setting it shows.
    recipe
        The poisoned recipe or the training it shows, if it shows one alone.
    attack, eps
        The attack it shows, if it shows one alone, and the size of the change.
    """

    kind: str
    corpus: str
    front_end: str
    network: str
    recipe: str | None = None
    attack: str | None = None
    eps: float | None = None

    @property
    def setting(self) -> dict[str, str]:
        return {"corpus": self.corpus, "front_end": self.front_end, "network": self.network}

    @property
    def name(self) -> str:
        """Its path without suffix below the folder of its setting."""
        parts = [self.kind.replace("_", "-"), *([self.attack] if self.attack else [])]
        return "/".join([*([self.recipe] if self.recipe else []), "-".join(parts)])

    @property
    def path(self) -> str:
        """Its path below the folder of the study's report."""
        return paths.FIGURE.format(**self.setting, figure=self.name)

    @property
    def column(self) -> tuple[str, str]:
        """The paths of the SVG and the PDF for a column of a paper, below the same folder."""
        svg, pdf = (
            path.format(**self.setting, figure=self.name)
            for path in (paths.COLUMN_SVG, paths.COLUMN_PDF)
        )
        return svg, pdf


Places = Iterable[Mapping[str, Any]]
Inputs = dict[str, str]
Options = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of figure.

    Attributes
    ----------
    category
        Where it is filed.
    title
        What it shows, in a few words; ``{attack}`` stands for the figure's own.
    places
        Function of the config and the name of a network. For each figure of a setting with that
        network its ``recipe`` and ``attack``, as far as it has them; nothing where the study has
        no such figure.
    inputs
        The paths of what a figure is drawn from, by the keys under which its module finds them.
    options
        What it is drawn from besides files. A change of it draws the figure again.
    classes
        The dotted paths of classes named in the config that its module builds.
    eps
        Function of the config, the setting and the attack of a figure: the size of the change that
        it shows, if it shows one alone.
    heading
        Of its own, below the section's other figures; empty to stand among them.
    wide
        Whether it takes the whole width of the page.
    of_corpus
        Whether it shows all front ends and networks of a corpus; it is filed with the first.
    """

    category: Category
    title: str
    places: "Callable[[Config, str], Places]"
    inputs: "Callable[[Config, Figure], Inputs]"
    options: "Callable[[Config, Figure], Options]"
    classes: "Callable[[Config, Figure], list[str]]" = lambda *_: []
    eps: "Callable[[Config, Mapping[str, str], str], float | None]" = lambda *_: None
    heading: str = ""
    wide: bool = False
    of_corpus: bool = False
