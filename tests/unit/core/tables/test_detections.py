"""What the table of detectors over the seeds holds."""

from mishear.core.tables.detections import DETECTIONS_OVER_SEEDS


def test_a_detector_has_a_row_for_each_recipe():
    assert DETECTIONS_OVER_SEEDS.keys == ("corpus", "front_end", "network", "recipe", "detector")
    assert not {"seed", "fold"} & set(DETECTIONS_OVER_SEEDS.names)
