"""Verdicts on all claims of the paper on defences."""

import pandas as pd

from mishear.paper.claims import Verdict
from mishear.paper.defence_claims import art_accuracy, other_methods
from mishear.paper.library_claims import advertorch_images, art_errors, art_framework


def verdicts(probe: pd.DataFrame, accuracies: pd.DataFrame) -> list[Verdict]:
    """Judge every claim, in the order of the paper.

    Parameters
    ----------
    probe
        Rows of :data:`mishear.core.tables.libraries.PROBE`; empty if nothing was tried.
    accuracies
        Rows with :data:`mishear.paper.defence_claims.ACCURACY_COLUMNS`; empty if nothing was
        attacked.
    """
    return [
        art_errors(probe),
        art_accuracy(accuracies),
        art_framework(probe),
        advertorch_images(probe),
        other_methods(accuracies),
    ]
