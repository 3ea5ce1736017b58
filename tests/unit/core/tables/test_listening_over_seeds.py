"""The tables over the seeds have a row for each of several rows of single victims."""

import pytest

from mishear.core.tables.listening import AUDIO_QUALITY, INVERSIONS, SNR_AT_HALF
from mishear.core.tables.listening_over_seeds import (
    AUDIO_QUALITY_OVER_SEEDS,
    INVERSIONS_OVER_SEEDS,
    SNR_AT_HALF_OVER_SEEDS,
)

PAIRS = (
    (AUDIO_QUALITY_OVER_SEEDS, AUDIO_QUALITY),
    (INVERSIONS_OVER_SEEDS, INVERSIONS),
    (SNR_AT_HALF_OVER_SEEDS, SNR_AT_HALF),
)


@pytest.mark.parametrize(("table", "of_victims"), PAIRS)
def test_a_row_is_known_by_all_but_the_seed_and_the_fold(table, of_victims):
    assert set(table.keys) == set(of_victims.keys) - {"seed", "fold"}
    assert set(of_victims.names) - {"seed", "fold"} <= set(table.names)
    assert "seeds" in table.names


def test_what_may_be_missing_in_a_row_of_a_victim_may_be_in_one_over_seeds():
    for table, of_victims in PAIRS[:2]:
        optional = {column.name for column in of_victims.columns if column.optional}
        found = {column.name for column in table.columns if column.optional}
        assert optional - {"seed", "fold"} <= found
