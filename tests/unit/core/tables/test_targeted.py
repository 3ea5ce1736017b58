"""What the tables of targeted attacks hold."""

from mishear.core.tables.evaluation import RESULTS
from mishear.core.tables.targeted import TARGETED, TARGETED_RESULTS


def test_a_row_is_told_by_recording_and_class_aimed_at():
    assert TARGETED_RESULTS.keys == ("recording", "target")
    assert set(RESULTS.names) - set(TARGETED_RESULTS.names) == {"saved_prediction"}
    target = next(column for column in TARGETED_RESULTS.columns if column.name == "target")
    assert not target.optional


def test_a_study_has_a_row_for_each_pair_of_classes():
    assert TARGETED.keys[-2:] == ("label", "target")
    assert "seed" not in TARGETED.names
