"""How often the examples of one victim mislead another: rates over pairs and recordings."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from mishear.core.tables.base import Described
from mishear.core.tables.transfer import SOURCE, TARGET, TRANSFERRED
from mishear.evaluation.over_seeds import proportion_over_seeds
from mishear.evaluation.speakers import SpeakersOfTest

_SOURCE, _TARGET = ([column.name for column in columns] for columns in (SOURCE, TARGET))
_SHARED = ["corpus", *_SOURCE, *_TARGET, "relation", "attack", "domain", "budget", "eps"]

Pair = tuple[int, int]
"""Seeds of a source model and of a target."""


def relation(keys: Mapping[str, Any]) -> str:
    """Return how a target is related to the source model, see ``transfer.csv``."""
    if [keys[name] for name in _SOURCE] != [keys[name] for name in _TARGET]:
        return "victims"
    return "itself" if keys["source_seed"] == keys["target_seed"] else "seeds"


def transfer_rates(
    transfers: Iterable[Described], speakers: Mapping[str, SpeakersOfTest]
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.transfer.TRANSFER`.

    A pair is a source model and a target. Intervals are over the pairs and over the recordings, see
    :func:`mishear.core.statistics.over_victims_of`; the folds of a pair are pooled.

    Parameters
    ----------
    transfers
        Tables of :data:`mishear.core.tables.transfer.TRANSFERRED` with their keys, see
        :func:`mishear.study.transfers.transfer_keys`.
    speakers
        Of each corpus.
    """
    groups: dict[tuple, dict[Pair, list[dict[str, Any]]]] = {}
    for transfer in transfers:
        for row in TRANSFERRED.read(transfer.file):
            keys = {**transfer.keys, **row}
            keys["relation"] = relation(keys)
            group = groups.setdefault(tuple(keys[name] for name in _SHARED), {})
            group.setdefault((keys["source_seed"], keys["target_seed"]), []).append(row)
    for values, pairs in groups.items():
        keys = dict(zip(_SHARED, values, strict=True))
        yield keys | _rates(pairs, speakers[keys["corpus"]])


def _rates(pairs: Mapping[Pair, list[dict[str, Any]]], speakers: SpeakersOfTest) -> dict[str, Any]:
    ordered = [sorted(rows, key=lambda row: row["recording"]) for rows in pairs.values()]
    clusters = speakers.clusters([row["recording"] for row in ordered[0]])

    def over(tell: Any) -> np.ndarray:
        return np.array([[tell(row) for row in rows] for rows in ordered], dtype=bool)

    clean = over(lambda row: row["clean_prediction"] == row["label"])
    tried = clean & over(lambda row: row["source_clean_prediction"] == row["label"])
    after = over(lambda row: row["adversarial_prediction"] == row["label"])
    everything = np.ones_like(clean)
    return {
        "n": clean.shape[1],
        "pairs": len(pairs),
        "tried": int(tried.sum()),
        **proportion_over_seeds("clean_accuracy", "clean", clean, everything, clusters),
        **proportion_over_seeds("accuracy", "ci", clean & after, everything, clusters),
        **proportion_over_seeds("success_rate", "success", over(_misled), tried, clusters),
    }


def _misled(row: Mapping[str, Any]) -> bool:
    """Tell whether an example is classified as the attack aimed, or wrongly if it had no aim."""
    predicted = row["adversarial_prediction"]
    return predicted == row["aim"] if row["aim"] else predicted != row["label"]
