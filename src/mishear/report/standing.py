"""The results that the headline of one corpus, front end and network is built from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mishear.core.statistics import Measured
from mishear.evaluation.measurements import measured, on_inputs

HALF = 0.5


@dataclass(frozen=True)
class Standing:
    """What the headline is built from, of one corpus, front end and network.

    Attributes
    ----------
    name
        Of the setting, in words.
    reference
        The training that stands for the study; None if it has none.
    classes
        Number of classes, for the accuracy of guessing.
    front_end
        Name of the front end. An eps of one is not comparable with that of another.
    unit
        Of the network's inputs.
    measurements, corruptions, robustness, checks
        Rows of ``summary_over_seeds.csv`` on attacks and poisons, of those on natural corruptions,
        of ``robustness_over_seeds.csv`` and of ``checks.csv``.
    best
        The row of the best defence, see :func:`mishear.report.defences.best_defence`.
    best_masks
        Whether it masks its gradients.
    """

    name: str
    reference: str | None
    classes: int
    front_end: str
    unit: str
    measurements: pd.DataFrame
    corruptions: pd.DataFrame
    robustness: pd.DataFrame
    checks: pd.DataFrame
    best: Any = None
    best_masks: bool = False

    @property
    def clean(self) -> Measured | None:
        """Clean accuracy of the undefended reference; None if nothing was measured."""
        for table in (self.measurements, self.corruptions):
            if len(rows := undefended(table, self.reference)):
                return measured(next(rows.itertuples()), clean=True)
        return None

    @property
    def at_chance(self) -> bool:
        """Whether the clean accuracy is missing, or not above that of guessing."""
        clean = self.clean
        return clean is None or not clean.low > 1 / self.classes

    @property
    def worst(self) -> pd.DataFrame:
        """Worst cases of the undefended reference within an L-infinity eps, by eps."""
        rows = on_inputs(undefended(self.robustness, self.reference))
        return rows[(rows.norm == "linf") & np.isfinite(rows.eps)].sort_values("eps")

    @property
    def broken_at(self) -> float:
        """The smallest eps at which more than half are misclassified; infinite for none."""
        broken = self.worst[self.worst.worst_accuracy < HALF]
        return float(broken.eps.min()) if len(broken) else np.inf

    def attacks_within(self, eps: float) -> list[str]:
        """Name the attacks that were run at the smallest measured eps not below one, or less."""
        rows = self.worst[self.worst.eps >= eps]
        return rows.attacks.iloc[0].split() if len(rows) else []

    def withstands(self, eps: float) -> bool:
        """Tell whether attacks within an eps, or a larger one, leave more than half correct.

        Nothing is known of a victim that was not attacked so far, such as one that gives only
        scores.
        """
        return self.broken_at > eps and bool((self.worst.eps >= eps).any())


def undefended(table: pd.DataFrame, recipe: str | None) -> pd.DataFrame:
    """Select the rows of the victims of a training without a defence."""
    return table[(table.recipe == recipe) & (table.defence == "none")]
