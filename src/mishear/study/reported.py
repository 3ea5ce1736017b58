"""What the report says of a study besides its results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from mishear.study import paths
from mishear.study.figure_types import Category, Figure
from mishear.study.requirements import Required
from mishear.study.trainings import TRAINED

ON_ONE_PAGE = 3
"""With more settings than this, each has a page of its own."""


@dataclass(frozen=True)
class AttackDefinition:
    """The definition of an attack in the config, as far as its results depend on it besides eps."""

    class_: str
    params: Mapping[str, Any]
    restarts: int
    targets: str


@dataclass(frozen=True)
class ReportedSetting:
    """One corpus, front end and network: a section of the report.

    Attributes
    ----------
    source
        The kind of the corpus, such as ``fsdd``.
    reference
        The training that stands for the network: ``trained`` for one that comes with its weights,
        None where all recipes have a poison.
    seeds
        Of its victims.
    scores_only
        Whether the network gives only scores, so that no attack follows its gradient.
    shown_eps
        The size of a change of the input that is shown where only one can be.
    """

    corpus: str
    front_end: str
    network: str
    source: str
    reference: str | None = None
    seeds: tuple[int, ...] = (0,)
    scores_only: bool = False
    shown_eps: float = 0.5

    @property
    def names(self) -> dict[str, str]:
        return {"corpus": self.corpus, "front_end": self.front_end, "network": self.network}

    @property
    def is_trained_here(self) -> bool:
        """Whether the study trains the network, which else comes with its weights."""
        return self.reference != TRAINED

    @property
    def path(self) -> str:
        return "/".join(self.names.values())

    @property
    def page(self) -> str:
        """Its page below the folder of the report, where each setting has one."""
        return paths.VICTIM_PAGE.format(**self.names)


@dataclass(frozen=True)
class ReportedFigure:
    """A figure and where the page puts it, see :class:`mishear.study.figure_types.Kind`.

    Attributes
    ----------
    files
        Its paths below the folder of the report, by their formats.
    """

    figure: Figure
    category: Category
    heading: str
    wide: bool
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportedStudy:
    """A study as the report describes it.

    Attributes
    ----------
    seeds
        Those of the setting with the most victims of one training.
    attacks
        Attacks on the input by their names, in the order that gives them their colours.
    waveform_attacks
        Attacks on the waveform by their names.
    poisons
        Definitions of the poisons by their recipes, see
        :func:`mishear.poisoning.building.build_poison`.
    white_noises
        The corruptions that are white noise.
    paper_reference
        Whether the paper's numbers stand beside the run's.
    libraries
        For each defence, and each training of another library, the library; empty unless the
        report compares libraries.
    sample_rates, lengths
        Hz, and seconds that are kept of a recording, by front end.
    units
        Of the inputs, by front end; known once features are computed.
    requirements
        Accuracies that the victims must reach.
    weights
        For each network that was trained elsewhere the SHA-256 of its files, see
        :func:`mishear.study.networks.weights_hash`.
    config
        What the results depend on, see :func:`mishear.study.card.used_config`.
    tables
        Names of the tables beside the report.
    files
        What its other files hold, by their names.
    """

    name: str
    settings: tuple[ReportedSetting, ...]
    seeds: tuple[int, ...]
    attacks: Mapping[str, AttackDefinition]
    poisons: Mapping[str, Mapping[str, Any]]
    figures: tuple[ReportedFigure, ...]
    white_noises: tuple[str, ...]
    paper_reference: bool
    libraries: Mapping[str, str]
    waveform_attacks: Mapping[str, AttackDefinition] = field(default_factory=dict)
    sample_rates: Mapping[str, int] = field(default_factory=dict)
    lengths: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    requirements: tuple[Required, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_paged(self) -> bool:
        """Whether each setting has a page of its own."""
        return len(self.settings) > ON_ONE_PAGE

    def label(self, setting: ReportedSetting) -> str:
        """Name a setting by what tells it from the others: the network alone where that does."""
        others = [each.names for each in self.settings if each != setting]
        for keys in (("network",), ("network", "front_end"), ("network", "front_end", "corpus")):
            own = [setting.names[key] for key in keys]
            if own not in [[other[key] for key in keys] for other in others]:
                break
        return ", ".join(own)

    def seeds_of(self, figure: Figure) -> tuple[int, ...]:
        """Return the seeds of the victims that a figure shows."""
        return next(each.seeds for each in self.settings if each.names == figure.setting)

    @property
    def corpora(self) -> list[str]:
        return list(dict.fromkeys(setting.corpus for setting in self.settings))


def read_study(params: Mapping[str, Any]) -> ReportedStudy:
    """Rebuild a study from its dict, see :func:`dataclasses.asdict`.

    Raises
    ------
    pydantic.ValidationError
        If a key is missing or a value has another type.
    """
    return TypeAdapter(ReportedStudy).validate_python(params)
