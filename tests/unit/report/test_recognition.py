"""Audio quality and recognition over the seeds."""

import pandas as pd

from mishear.report.recognition import audio_quality_over_seeds


def test_seeds_become_one_row_with_the_widest_limits(heard_tables):
    first = heard_tables["audio_quality"].query("kind == 'waveform'")
    second = first.assign(seed=1, retained=0.7, retained_low=0.6)
    (row,) = audio_quality_over_seeds(pd.concat([first, second])).itertuples()
    assert row.retained == 0.8
    assert (row.retained_low, row.retained_high) == (0.6, 0.94)
    assert row.n == 200


def test_kinds_and_recognisers_stay_apart(heard_tables):
    table = heard_tables["audio_quality"]
    other = table.assign(recogniser="another")
    assert len(audio_quality_over_seeds(pd.concat([table, other]))) == 6
