"""What detectors find, over the seeds."""

import pytest

from mishear.core.statistics import Difference
from mishear.report.detections import detection_rows


@pytest.fixture
def table(rows, aimed_rows, over_seeds_of):
    return over_seeds_of(rows + aimed_rows)


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
    assert (first.tpr.accuracy, first.tpr.low, first.tpr.high) == (0.9, 0.8, 0.95)
    assert (first.fpr.accuracy, first.tpr.n, first.fpr.n) == (0.03, 20, 1980)
    assert first.precision == 0.7
    assert (first.success.before.accuracy, first.success.after.accuracy) == (0.3, 0.06)
    assert (first.accuracy.before.accuracy, first.accuracy.after.accuracy) == (0.94, 0.96)


def test_the_gain_is_the_paired_difference_of_the_retrained_victims(detections, table):
    gains = {"clean_gain": 0.02, "clean_gain_low": -0.01, "clean_gain_high": 0.05}
    gains |= {"success_gain": -0.24, "success_gain_low": -0.3, "success_gain_high": -0.18}
    retrained = table.detector.notna()
    paired = table.assign(**{name: retrained * value for name, value in gains.items()})
    first = detection_rows(detections, paired)[0]
    assert first.accuracy.difference == Difference(0.02, -0.01, 0.05)
    assert first.success.difference == Difference(-0.24, -0.3, -0.18)
    assert detection_rows(detections, table)[0].accuracy.difference is None


def test_what_was_not_measured_is_none(detections, table):
    nothing = detections.assign(precision=float("nan"), tpr_at_5_percent_fpr=float("nan"))
    found = detection_rows(nothing, table)[0]
    assert found.precision is None
    assert found.tpr_at_5_percent_fpr is None


def test_emptied_classes_are_named_with_their_seeds(detections, table):
    several = detections.assign(seeds=2, emptied_classes="7", emptied_seeds=1)
    found = detection_rows(several, table)[0]
    assert found.emptied == "nothing of 7 kept, with 1 of 2 seeds"
    assert detection_rows(detections, table)[0].emptied == ""
