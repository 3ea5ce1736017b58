"""Detectors of poisoned recordings over the seeds of a recipe."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from mishear.core.tables.base import Described, grouped
from mishear.core.tables.detections import DETECTIONS_OVER_SEEDS
from mishear.core.tables.poisoning import DETECTION
from mishear.evaluation.evaluated import different_recordings
from mishear.evaluation.over_seeds import proportion_over_seeds
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.poisoning.detections import summarise_detection

RATES = (("true_positive_rate", "tpr", True), ("false_positive_rate", "fpr", False))
"""Each rate: its column, the stem of its limits, and whether it is of poisoned recordings."""


def detections_over_seeds(
    detections: Iterable[Described], speakers: Mapping[str, SpeakersOfTest]
) -> Iterator[dict[str, Any]]:
    """Give the rows of :data:`mishear.core.tables.detections.DETECTIONS_OVER_SEEDS`.

    Rates have intervals over victims and training recordings, and over their speakers where those
    of accuracies are over speakers.

    Parameters
    ----------
    detections
        Files of :data:`mishear.core.tables.poisoning.DETECTION`, with their victim, poison and
        detector. A recording that several folds of a seed train on counts once for each.
    speakers
        Of each corpus.

    Raises
    ------
    UserError
        If the victims of a recipe were trained on different recordings.
    """
    for keys, members in grouped(detections, DETECTIONS_OVER_SEEDS.before("n")):
        read = [(each.keys, DETECTION.read(each.file)) for each in members]
        yield keys | _over_seeds(keys, read, speakers[keys["corpus"]])


def _over_seeds(
    keys: Mapping[str, Any],
    victims: Sequence[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]],
    speakers: SpeakersOfTest,
) -> dict[str, Any]:
    """Return the columns of one detector on one recipe from ``n`` on."""
    of_seeds: dict[int, dict[tuple[int, str], Mapping[str, Any]]] = {}
    for victim, rows in victims:
        fold = -1 if victim["fold"] is None else victim["fold"]
        known = of_seeds.setdefault(victim["seed"], {})
        known |= {(fold, row["recording"]): row for row in rows}
    recordings = sorted(next(iter(of_seeds.values())))
    if any(sorted(rows) != recordings for rows in of_seeds.values()):
        raise different_recordings(keys, "trained", "detections")
    flagged, poisoned = (
        np.array([[rows[place][name] for place in recordings] for rows in of_seeds.values()], bool)
        for name in ("flagged", "is_poisoned")
    )
    clusters = speakers.clusters_of_training(name for _, name in recordings)
    numbers: dict[str, Any] = {"n": len(recordings), "seeds": len(of_seeds)}
    numbers["poisoned"] = float(poisoned.sum(1).mean())
    numbers["precision"] = float(poisoned[flagged].mean()) if flagged.any() else None
    for name, stem, is_poisoned in RATES:
        among = poisoned == is_poisoned
        numbers |= proportion_over_seeds(name, stem, flagged & among, among, clusters)
    return numbers | _of_victims(victims)


def _of_victims(
    victims: Sequence[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]],
) -> dict[str, Any]:
    """Return what is measured for each victim by itself."""
    found = [(keys["seed"], summarise_detection(rows)) for keys, rows in victims]
    rates = [row["tpr_at_5_percent_fpr"] for _, row in found]
    emptied = [(seed, row["emptied_classes"]) for seed, row in found if row["emptied_classes"]]
    return {
        "tpr_at_5_percent_fpr": None if None in rates else float(np.mean(rates)),
        "emptied_classes": "; ".join(sorted({classes for _, classes in emptied})),
        "emptied_seeds": len({seed for seed, _ in emptied}),
    }
