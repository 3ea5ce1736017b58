"""Recordings of lower rates than the front end are counted, with the remedy."""

import pytest

from mishear.corpora.index import Recording, write_index
from mishear.features.rates import upsampling


@pytest.fixture
def index(tmp_path):
    def written(*rates):
        rows = [
            Recording(f"{n}.wav", "a", "x", "0", rate, 1, 1500, f"{n}", 0, 0.5, 0.0, 0.1)
            for n, rate in enumerate(rates)
        ]
        write_index(rows, tmp_path / "index.csv")
        return tmp_path / "index.csv"

    return written


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ((16000,), "1 of 1 recordings are resampled from 16000 Hz to 48000 Hz"),
        ((8000, 16000), "from at most 16000 Hz to 48000 Hz and hold nothing above 8000 Hz"),
        ((8000, 96000), "1 of 2 recordings are resampled from 8000 Hz to 48000 Hz"),
        ((8000, 16000), "set front_ends.mel64.sample_rate: 16000,"),
    ],
)
def test_lower_rates_are_told_with_the_remedy(index, rates, said):
    assert said in upsampling(index(*rates), "mel64", 48000)


def test_nothing_is_said_where_no_rate_is_lower(index):
    assert upsampling(index(48000, 96000), "mel64", 48000) is None
