"""Recordings that are resampled to a higher rate, or by a rounded ratio, are counted."""

import logging
from fractions import Fraction

import pytest

from mishear.corpora.index import Recording, write_index
from mishear.features.rates import (
    LARGEST_PRODUCT,
    approximated,
    ratio_of,
    upsampling,
    warn_of_rates,
)


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


@pytest.mark.parametrize(
    "rates", [(8000, 48000), (8000, 96000), (8000, 16000, 768000), (15999, *[48000] * 80)]
)
def test_no_rate_avoids_it_where_only_some_are_lower(index, rates):
    said = upsampling(index(*rates), "mel64", 48000)
    assert said.endswith(" Hz.") and "sample_rate" not in said


def test_nothing_is_said_where_no_rate_is_lower(index):
    assert upsampling(index(48000, 96000), "mel64", 48000) is None


@pytest.mark.parametrize(("rate", "exactly"), [(8000, True), (44100, True), (44101, False)])
def test_a_ratio_has_small_terms_and_is_nearly_right(rate, exactly):
    ratio, exact = ratio_of(rate, 48000), Fraction(rate, 48000)
    assert (ratio == exact) == exactly
    assert ratio.numerator * ratio.denominator <= LARGEST_PRODUCT
    assert abs(float(ratio / exact) - 1) < 5e-4


def rows_at(*rates):
    return [{"recording": f"{n}.wav", "sample_rate": rate} for n, rate in enumerate(rates)]


def test_recordings_with_a_rounded_ratio_are_named():
    odd, mel = approximated(rows_at(44101, 44100, 47999), {"odd": 44101, "mel": 48000})
    assert (odd.count, odd.n, odd.first) == (2, 3, ["1.wav", "2.wav"])
    assert (mel.count, mel.n, mel.first) == (2, 3, ["0.wav", "2.wav"])
    assert "48000 Hz of front end mel" in mel.text and "by up to 2.1e-05" in mel.text


def test_an_exact_ratio_is_not_named():
    assert not list(approximated(rows_at(8000, 44100, 48000), {"mel": 48000, "low": 8000}))
    assert not list(approximated([], {"mel": 48000}))


def test_the_log_has_both(index, caplog):
    with caplog.at_level(logging.WARNING):
        warn_of_rates(index(44101, 48000), "mel64", 48000)
    first, second = [record.getMessage() for record in caplog.records]
    assert first.startswith("1 of 2 recordings are resampled from 44101 Hz")
    assert second.startswith("1 of 2 recordings: resampled to the 48000 Hz of front end mel64")
