"""What the table of a corruption holds."""

from mishear.core.tables.corruptions import CORRUPTED
from mishear.core.tables.evaluation import SUMMARY
from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.core.tables.shared import CORRUPTION_KEYS


def test_the_summaries_tell_severities_apart_in_columns_at_the_end():
    for table in (SUMMARY, SUMMARY_OVER_SEEDS):
        assert table.names[-len(CORRUPTION_KEYS) :] == CORRUPTION_KEYS
        assert {"corruption", "severity"} <= set(table.keys)


def test_what_a_severity_is_stands_in_every_row():
    assert {"severity", "level", "level_unit"} <= set(CORRUPTED.names)
