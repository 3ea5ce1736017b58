"""What the page says of attacks that aim at every class."""

from collections.abc import Iterator

import pandas as pd

from mishear.report.drawing.words import limit_of
from mishear.report.environment import share


def targeted_sentences(targeted: pd.DataFrame | None, reference: str | None) -> list[str]:
    """Say which classes each attack reaches most and least easily.

    Parameters
    ----------
    targeted
        Rows of ``targeted.csv`` of one setting; None where nothing was aimed.
    reference
        The training whose victims are described.
    """
    if targeted is None:
        return []
    rows = targeted[(targeted.recipe == reference) & targeted.success_rate.notna()]
    groups = rows.groupby(["attack", "eps"], sort=False)
    return [text for _, found in groups for text in _sentence(found)]


def _sentence(rows: pd.DataFrame) -> Iterator[str]:
    mean = float((rows.success_rate * rows.tried).sum() / rows.tried.sum())
    name = f"{rows.attack.iloc[0]}, {limit_of(rows.iloc[0])}"
    most, least = (
        rows.loc[pick] for pick in (rows.success_rate.idxmax(), rows.success_rate.idxmin())
    )
    if most.success_rate == least.success_rate:
        yield f"{name}: every class is turned into every other at a rate of {share(mean)}."
        return
    yield (
        f"{name}: over all pairs of classes, the attack reaches its target for {share(mean)} of "
        f"the recordings. It succeeds most often from {_pair(most)} and least often from "
        f"{_pair(least)}."
    )


def _pair(row: pd.Series) -> str:
    return f"{row.label} to {row.target} ({share(row.success_rate)})"
