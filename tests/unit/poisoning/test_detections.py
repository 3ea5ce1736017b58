"""Detections are written, read again, and held against the truth."""

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.core.tables.base import described
from mishear.core.tables.poisoning import DETECTION, DETECTIONS
from mishear.core.tables.shared import VICTIM_KEYS
from mishear.features.split import Division
from mishear.poisoning.detections import (
    read_kept,
    summarise_detection,
    summarise_detections,
    write_detection,
)
from mishear.poisoning.training_set import TrainingSet


@pytest.fixture
def chosen():
    return TrainingSet(np.array([1, 2, 4]), np.array([1, 0, 1]), np.array([False, True, False]))


@pytest.fixture
def division():
    names = np.array(["a.wav", "b.wav", "c.wav", "d.wav", "e.wav"])
    labels = np.array(["no", "yes", "yes", "no", "yes"])
    splits = np.array(["test", "train", "train", "test", "train"])
    return Division(names, labels, names, splits, names)


def test_what_was_kept_is_read_as_it_was_written(chosen, division, tmp_path):
    path = tmp_path / "detection.csv"
    write_detection(np.array([0.1, 2, 3]), np.array([False, False, True]), division, chosen, path)
    rows = DETECTION.read(path)
    assert [row["recording"] for row in rows] == ["b.wav", "c.wav", "e.wav"]
    assert [row["label"] for row in rows] == ["yes", "no", "yes"]
    assert [row["is_poisoned"] for row in rows] == [False, True, False]
    assert read_kept(path).tolist() == [True, True, False]
    assert summarise_detection(rows)["true_positive_rate"] == 0


def test_a_class_of_which_nothing_is_kept_is_said(chosen, division, tmp_path, caplog):
    path = tmp_path / "detection.csv"
    write_detection(np.zeros(3), np.array([False, True, False]), division, chosen, path)
    assert read_kept(path).tolist() == [True, False, True]
    assert "every recording of no" in caplog.text
    assert summarise_detection(DETECTION.read(path))["emptied_classes"] == "no"


def test_a_detector_that_leaves_nothing_at_all_is_refused(chosen, division, tmp_path):
    path = tmp_path / "detection.csv"
    write_detection(np.zeros(3), np.full(3, True), division, chosen, path)
    with pytest.raises(UserError, match="every recording, so there is nothing left"):
        read_kept(path)


def said(poisoned, flagged, score=0.0):
    row = {"label": "yes", "is_poisoned": bool(poisoned), "flagged": bool(flagged)}
    return row | {"score": score}


def test_rates_and_precision():
    rows = [said(1, 1)] * 6 + [said(1, 0)] * 2 + [said(0, 1)] * 3 + [said(0, 0)] * 89
    found = summarise_detection(rows)
    assert (found["n"], found["poisoned"], found["flagged"]) == (100, 8, 9)
    assert found["true_positive_rate"] == 0.75
    assert found["precision"] == pytest.approx(6 / 9)
    assert found["false_positive_rate"] == pytest.approx(3 / 92)
    assert found["tpr_low"] < 0.75 < found["tpr_high"]


def test_scores_are_worth_what_they_find_at_a_false_positive_rate_of_5_percent():
    """Whatever the detector's own threshold: here it flags nothing."""
    others = [said(0, 0, score) for score in range(100)]
    scores = {93.5: 0, 94.5: 1, 99.5: 1, 200: 1}
    rows = [said(1, 0, score) for score in scores]
    found = summarise_detection(others + rows)
    assert found["true_positive_rate"] == 0
    assert found["tpr_at_5_percent_fpr"] == sum(scores.values()) / 4
    alike = summarise_detection([said(0, 0, 1), said(1, 0, 1)])
    assert alike["tpr_at_5_percent_fpr"] == 0


def test_what_cannot_be_a_share_is_none():
    nothing = summarise_detection([said(0, 0)] * 3)
    assert nothing["tpr_at_5_percent_fpr"] is None
    assert nothing["true_positive_rate"] is None
    assert nothing["precision"] is None
    assert nothing["false_positive_rate"] == 0


def test_a_studys_table_has_a_row_for_each_detection(chosen, division, tmp_path):
    path = tmp_path / "detection.csv"
    write_detection(np.array([0.1, 2, 3]), np.array([False, True, False]), division, chosen, path)
    victim = dict(zip(VICTIM_KEYS, ("c", "f", "n", "r", 0, None), strict=True))
    poison = {"poison": "flips", "poison_amplitude": None, "poisoning_rate": 0.3}
    keys = [victim | poison | {"detector": name} for name in ("one", "two")]
    DETECTIONS.write(summarise_detections(described(keys, [path] * 2)), tmp_path / "table.csv")
    one, two = DETECTIONS.read(tmp_path / "table.csv")
    assert (one["detector"], two["detector"]) == ("one", "two")
    assert one["true_positive_rate"] == 1
    assert one["emptied_classes"] == "no"
