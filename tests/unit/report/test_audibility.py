"""What sizes sound like."""

from hypothesis import given
from hypothesis import strategies as st

from mishear.report.audibility import LOUDNESS, loudness


@given(st.floats(-200, 200), st.floats(-200, 200))
def test_louder_noise_never_sounds_fainter(one, other):
    order = [words for _, words in LOUDNESS]
    quiet, loud = sorted((one, other), reverse=True)
    assert order.index(loudness(quiet)) <= order.index(loudness(loud))


def test_noise_as_loud_as_the_speech_is_said_to_be():
    assert "as loud as the speech" in loudness(0)
