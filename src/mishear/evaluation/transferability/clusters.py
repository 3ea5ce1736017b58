"""The matrix of transfer success rates, and groups of victims that mislead each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

LEAST_VICTIMS = 3
"""With fewer there is nothing to group."""
SIMILAR = 0.5
"""Victims are grouped while, on average, more than this share of examples transfers."""


def place(row: pd.Series, which: str) -> str:
    """Return front end, network and training of the ``source`` or ``target`` of a row."""
    return "/".join(row[f"{which}_{key}"] for key in ("front_end", "network", "recipe"))


@dataclass(frozen=True)
class TransferMatrix:
    """Transfer success rates of one corpus, attack and eps.

    Attributes
    ----------
    rates : pandas.DataFrame
        Rows of ``transfer.csv`` with a success rate, indexed by source, target and relation.
    sources, targets : sequence of str
        Front end, network and training of each, in the order of the clusters.
    groups : sequence of sequence of str
        Victims that mislead each other, two or more together; empty where too few victims are
        both source and target.
    """

    rates: pd.DataFrame
    sources: Sequence[str]
    targets: Sequence[str]
    groups: Sequence[Sequence[str]]

    @property
    def between_seeds(self) -> bool:
        """Whether examples were judged on other seeds of their own training."""
        return "seeds" in self.rates.index.get_level_values("relation")

    def cell(self, source: str, target: str) -> pd.Series | None:
        """Return the row of a source and a target; the attack itself where they are the same."""
        return self._row(source, target, "itself" if source == target else "victims")

    def other_seed(self, source: str) -> pd.Series | None:
        """Return the row of a source judged on its own training with another seed."""
        return self._row(source, source, "seeds")

    def _row(self, *key: str) -> pd.Series | None:
        if key not in self.rates.index or pd.isna(self.rates.loc[key, "success_rate"]):
            return None
        return self.rates.loc[key]


def matrices(table: pd.DataFrame) -> list[tuple[pd.Series, TransferMatrix]]:
    """Lay out rows of one corpus: for each attack and eps its first row and its matrix."""
    return [
        (rows.iloc[0], transfer_matrix(rows))
        for _, rows in table.groupby(["attack", "eps"], sort=False)
    ]


def transfer_matrix(rows: pd.DataFrame) -> TransferMatrix:
    """Lay out the rows of one corpus, attack and eps.

    Parameters
    ----------
    rows
        Of :data:`mishear.core.tables.transfer.TRANSFER`.
    """
    rates = rows.assign(
        source=[place(row, "source") for _, row in rows.iterrows()],
        target=[place(row, "target") for _, row in rows.iterrows()],
    )
    sources, targets = list(dict.fromkeys(rates.source)), list(dict.fromkeys(rates.target))
    rates = rates.set_index(["source", "target", "relation"])
    both = [name for name in targets if name in sources]
    groups: list[list[str]] = []
    if len(both) >= LEAST_VICTIMS:
        order, groups = clustered(_similarity(rates, both), both)
        sources = order + [name for name in sources if name not in order]
        targets = order + [name for name in targets if name not in order]
    return TransferMatrix(rates, sources, targets, groups)


def clustered(similarity: np.ndarray, names: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Order victims so that similar ones are neighbours, and group them.

    Average linkage (``scipy.cluster.hierarchy``) of the distance 1 minus the similarity.

    Parameters
    ----------
    similarity
        Symmetric, between 0 and 1, shape (victims, victims).
    names
        Of the victims.

    Returns
    -------
    order
        All names.
    groups
        Those of two or more victims whose mean similarity is above :data:`SIMILAR`.
    """
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
    from scipy.spatial.distance import squareform

    distances = squareform(1 - similarity, checks=False)
    tree = linkage(distances, "average", optimal_ordering=True)
    order = leaves_list(tree).tolist()
    numbers = fcluster(tree, np.nextafter(1 - SIMILAR, 0), "distance")
    members: dict[int, list[str]] = {}
    for leaf in order:
        members.setdefault(int(numbers[leaf]), []).append(names[leaf])
    return [names[leaf] for leaf in order], [each for each in members.values() if len(each) > 1]


def _similarity(rates: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Return the mean of the rates in both directions; a rate that is missing counts as none."""
    found = np.zeros((len(names), len(names)))
    for row, source in enumerate(names):
        for column, target in enumerate(names):
            if source != target and (source, target, "victims") in rates.index:
                found[row, column] = rates.loc[(source, target, "victims"), "success_rate"]
    found = np.nan_to_num(found)
    return (found + found.T) / 2
