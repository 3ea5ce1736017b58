"""Audio quality and recognition over the seeds."""

import numpy as np
import pandas as pd
import pytest

from mishear.core.statistics import over_counts, wilson_interval
from mishear.report.recognition import audio_quality_over_seeds


def test_seeds_become_one_row_with_their_interval_and_spread(heard_tables):
    first = heard_tables["audio_quality"].query("kind == 'waveform'")
    second = first.assign(seed=1, retained=0.7)
    (row,) = audio_quality_over_seeds(pd.concat([first, second])).itertuples()
    assert row.retained == pytest.approx(0.8)
    counts = over_counts(np.array([144, 112]), np.array([160, 160]))
    assert (row.retained_low, row.retained_high) == counts[1:]
    assert (row.retained_lowest, row.retained_highest) == (0.7, 0.9)
    assert (row.n, row.seeds) == (200, 2)


def test_a_sound_of_one_seed_has_its_own_interval(heard_tables):
    table = audio_quality_over_seeds(heard_tables["audio_quality"])
    (row,) = table[table.kind == "poisoned"].itertuples()
    assert (row.retained, row.retained_low, row.retained_high) == (0.5, *wilson_interval(80, 160))


def test_without_a_recogniser_nothing_is_recognised(heard_tables):
    table = heard_tables["audio_quality"].query("kind == 'clean'").assign(recognised=None)
    (row,) = audio_quality_over_seeds(table).itertuples()
    assert pd.isna(row.recognised)
    assert pd.isna(row.recognised_low)


def test_kinds_and_recognisers_stay_apart(heard_tables):
    table = heard_tables["audio_quality"]
    other = table.assign(recogniser="another")
    assert len(audio_quality_over_seeds(pd.concat([table, other]))) == 6
