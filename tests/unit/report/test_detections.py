"""What detectors find, over the seeds."""

import pandas as pd
import pytest

from mishear.evaluation.measurements import over_seeds
from mishear.report.detections import detection_rows


@pytest.fixture
def table(rows, aimed_rows, summary_of):
    return over_seeds(summary_of(rows + aimed_rows))


def test_each_poisoning_has_a_row_with_its_gain(detections, table):
    found = detection_rows(detections, table)
    assert len(found) == len(detections)
    first = found[0]
    assert (first.poison, first.amplitude, first.rate, first.poisoned) == (
        "backdoor",
        0.01,
        0.01,
        20,
    )
    assert (first.tpr.accuracy, first.tpr.low, first.tpr.high) == (0.875, 0.8, 0.92)
    assert first.fpr.accuracy == 0.03
    assert first.precision == pytest.approx(0.875 * 20 / 100)
    assert (first.success.before.accuracy, first.success.after.accuracy) == (0.3, 0.06)
    assert (first.accuracy.before.accuracy, first.accuracy.after.accuracy) == (0.94, 0.96)


def test_seeds_are_merged_with_the_widest_limits(detections, table):
    second = detections.assign(seed=1, true_positive_rate=0.675, tpr_low=0.6, flagged=0)
    found = detection_rows(pd.concat([detections, second]), table)[0]
    assert found.tpr.accuracy == pytest.approx(0.775)
    assert (found.tpr.low, found.tpr.high, found.tpr.seeds) == (0.6, 0.92, 2)
    assert found.precision == pytest.approx((0.875 + 0.675) * 20 / 100)


def test_what_was_not_measured_is_none(detections, table):
    nothing = detections.assign(flagged=0, tpr_at_5_percent_fpr=float("nan"))
    found = detection_rows(nothing, table)[0]
    assert found.precision is None
    assert found.tpr_at_5_percent_fpr is None


def test_emptied_classes_are_named_with_their_seeds(detections, table):
    second = detections.assign(seed=1, emptied_classes="7")
    found = detection_rows(pd.concat([detections, second]), table)[0]
    assert found.emptied == "nothing of 7 kept, with 1 of 2 seeds"
    assert detection_rows(detections, table)[0].emptied == ""
