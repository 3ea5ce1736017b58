"""What a study measured with one corpus, front end and network."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from mishear.core.statistics import Measured
from mishear.evaluation.measurements import level
from mishear.paper.printed import CW_STEP, PGD_STEP, PGD_STEPS
from mishear.poisoning.base import Poison
from mishear.study.reported import AttackDefinition


@dataclass(frozen=True)
class Results:
    """What a study measured with one corpus, front end and network.

    Attributes
    ----------
    table
        Rows of ``summary_over_seeds.csv``.
    accuracies
        Accuracy of the reference recipe on the clean recordings of each split.
    reference
        The first recipe without poison; None if the study has none.
    attacks
        The study's attacks by their names.
    source
        The kind of the corpus, such as ``audiomnist``.
    corpus
        The name of the corpus.
    poisons
        The poison of each poisoned recipe of the study.
    unit
        Of the network's inputs.
    """

    table: pd.DataFrame
    accuracies: Mapping[str, Measured]
    reference: str | None
    attacks: Mapping[str, AttackDefinition]
    source: str
    corpus: str
    poisons: Mapping[str, Poison]
    unit: str

    @property
    def clean(self) -> Measured | None:
        """The clean accuracy on the test split, with the interval that the tables have."""
        rows = self.table
        chosen = (rows.recipe == self.reference) & (rows.defence == "none")
        for row in rows[chosen & ~rows.attack.isin([*self.poisons])].itertuples():
            return level(row, "clean")
        return self.accuracies.get("test")

    def of_reference(self, attack: str) -> pd.DataFrame:
        """Return the rows of the undefended reference recipe under one attack, ordered by eps."""
        rows = self.table
        chosen = (rows.recipe == self.reference) & (rows.defence == "none")
        return rows[chosen & (rows.attack == attack)].sort_values("eps")

    def of_poisoned(self, poison: str) -> pd.DataFrame:
        """Return the rows of a poisoned recipe on its own poison, without defence or detector."""
        rows = self.table
        chosen = (rows.poison == poison) & (rows.attack == poison) & (rows.defence == "none")
        return rows[chosen & rows.detector.isna()]


def attacks_in_role(attacks: Mapping[str, AttackDefinition], role: str) -> list[str]:
    """Return the names of the attacks that repeat one of the paper's.

    Parameters
    ----------
    attacks
        Their definitions. Targeted attacks have no role: the paper has none.
    role
        ``fgsm``, ``pgd-paper`` (its step and number of steps), ``pgd`` (any other) or
        ``cw`` (its step).
    """
    return [name for name, definition in attacks.items() if _role(definition) == role]


def _role(definition: AttackDefinition) -> str | None:
    params, restarts = definition.params, definition.restarts
    if definition.targets != "untargeted":
        return None
    match definition.class_.rpartition(".")[2]:
        case "LinfFastGradientAttack" | "FGSM":
            return "fgsm"
        case "LinfPGD" | "PGD" | "LinfProjectedGradientDescentAttack":
            settings = (params.get("abs_stepsize"), params.get("steps"), restarts)
            return "pgd-paper" if settings == (PGD_STEP, PGD_STEPS, 1) else "pgd"
        case "L2CarliniWagnerAttack":
            return "cw" if params.get("stepsize", CW_STEP) == CW_STEP else None
    return None
