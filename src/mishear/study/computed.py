"""The tables of a study that record what they were computed with, of one setting each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mishear.core.tables.shared import SETTING_KEYS
from mishear.study import paths
from mishear.study.evaluations import Victim
from mishear.study.keys import certified, trained_here
from mishear.study.plan import Plan
from mishear.study.sounds import inversion_path, inversions
from mishear.study.targeted import targeted


@dataclass(frozen=True)
class Computed:
    """A table with the columns of :data:`mishear.core.tables.shared.ENVIRONMENT`.

    Attributes
    ----------
    kind : str
        What it is one of, in the plural.
    victim : Victim
        What it is about.
    path : str
        The file, by names alone.
    """

    kind: str
    victim: Victim
    path: str

    @property
    def keys(self) -> dict[str, Any]:
        """The kind, with the setting of the victim."""
        setting = {key: getattr(self.victim, key) for key in SETTING_KEYS}
        return {**setting, "kind": self.kind}


def computed(plan: Plan) -> list[Computed]:
    """Return the tables of a study about victims, each of one result.

    Sounds belong to no setting and are left out. See :func:`computed_corrupted` for the others.
    """
    config = plan.config
    trained = trained_here(config)
    found = [Computed("victims", each, paths.HISTORY.format(**each.names)) for each in trained]
    found += [Computed("evaluations", each.victim, each.results) for each in plan.evaluations]
    for each in (*plan.checks, *plan.waveform_checks):
        found.append(Computed("checks", each.victim, paths.check(each.path)))
    found += _of("targeted attacks", targeted(config))
    found += _of("transfers", plan.transfers)
    found += _of("detections", plan.detections)
    found += _of("certificates", certified(config))
    for each in inversions(config):
        found.append(Computed("inversions", each.victim, inversion_path(each)))
    return found


def computed_corrupted(plan: Plan) -> list[Computed]:
    """Return the tables with an evaluation for each severity of a corruption."""
    return [Computed("evaluations", each.victim, each.results) for each in plan.corrupted]


def _of(kind: str, tables: Iterable[Any]) -> Iterator[Computed]:
    return (Computed(kind, each.victim, each.path) for each in tables)
