"""Clipping, silence, channels that cancel and speech that is cut are counted."""

import pytest

from mishear.corpora.conspicuous import conspicuous

PLAIN = {"clipped": 0, "peak": 0.5, "cancelled_db": 3.0, "speech_end": 0.9}


def rows_with(*changes):
    return [PLAIN | {"recording": f"{n}.wav"} | change for n, change in enumerate(changes)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"clipped": 1}, "clipped"),
        ({"peak": 0.0009}, "almost silent"),
        ({"cancelled_db": 10.0}, "channels that cancel"),
        ({"speech_end": 1.01}, "speech beyond the 1 s that front end mel keeps"),
    ],
)
def test_each_kind_is_counted_with_examples(change, said):
    (found,) = conspicuous(rows_with({}, *[change] * 4), {"mel": 1.0})
    assert said in found.text
    assert (found.count, found.n) == (4, 5)
    assert found.first == ["1.wav", "2.wav", "3.wav"]


def test_what_is_inconspicuous_is_not_named():
    assert conspicuous(rows_with({}, {}), {"mel": 1.0}) == []
    assert conspicuous([], {"mel": 1.0}) == []


def test_speech_may_fit_one_front_end_and_not_another():
    (found,) = conspicuous(rows_with({"speech_end": 1.5}), {"long": 2.0, "short": 1.0})
    assert "front end short" in found.text
