"""A recogniser transcribes words, whatever it transcribed before, and is checked beforehand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.core.tables.listening import TRANSCRIPTS
from mishear.listening.recognisers import (
    DIGITS,
    Pocketsphinx,
    Recogniser,
    recognise,
)

pytestmark = pytest.mark.usefixtures("one_thread")

CLASSES = [str(number) for number in range(10)]


@pytest.fixture(scope="module")
def recogniser(one_thread):
    return Pocketsphinx(CLASSES)


def rows_of(recogniser, recordings, digits):
    """Rows of what a recogniser makes of a version of the digits."""
    labels = digits.labels
    return list(recognise(recogniser, digits.waveforms, recordings, digits.rate, labels, labels))


def test_most_clean_digits_are_recognised(recogniser, digits):
    rows = rows_of(recogniser, digits.waveforms, digits)
    assert len(rows) == 100
    assert np.mean([row["recognised_as"] == row["label"] for row in rows]) >= 0.6
    assert all(row["transcript"] in {"", *DIGITS} for row in rows)


def test_order_of_recordings_changes_nothing(recogniser, digits):
    some = digits.waveforms[::5]
    transcripts = recogniser.transcribe(some, digits.rate)
    order = np.random.default_rng(0).permutation(len(some))
    again = recogniser.transcribe(some[order], digits.rate)
    assert again == [transcripts[place] for place in order]
    alone = Pocketsphinx(CLASSES).transcribe(some[7:8], digits.rate)
    assert alone == transcripts[7:8]


def test_silence_around_the_speech_changes_nothing(recogniser, digits):
    some = digits.waveforms[::10]
    longer = np.pad(some, ((0, 0), (digits.rate // 2, digits.rate)))
    assert recogniser.transcribe(longer, digits.rate) == recogniser.transcribe(some, digits.rate)


def test_what_fills_the_padding_changes_nothing(recogniser, digits):
    """As noise does, and Griffin-Lim: only where the clean recordings speak is compared."""
    padding = np.stack([waveform == 0 for waveform in digits.waveforms])
    for row, waveform in enumerate(digits.waveforms):
        speech = np.flatnonzero(waveform)
        padding[row, speech[0] : speech[-1] + 1] = False
    assert padding.any(axis=1).all()
    noise = np.random.default_rng(0).uniform(0, 0.1, digits.waveforms.shape).astype(np.float32)
    filled = np.where(padding, noise, digits.waveforms)
    assert rows_of(recogniser, filled, digits) == rows_of(recogniser, digits.waveforms, digits)


@settings(max_examples=25)
@given(
    kind=st.sampled_from(["tone", "noise", "constant", "click"]),
    level=st.sampled_from([0, 1e-6, 0.1, 1, 20]),
    rate=st.sampled_from([8000, 16000, 48000]),
    length=st.integers(1, 20000),
)
def test_what_is_no_speech_gives_a_word_or_nothing(recogniser, kind, level, rate, length):
    time = np.arange(length)
    made = {
        "tone": np.sin(time * 0.2),
        "noise": np.random.default_rng(length).uniform(-1, 1, length),
        "constant": np.ones(length),
        "click": time == length // 2,
    }
    (transcript,) = recogniser.transcribe(np.float32(level * made[kind])[None], rate)
    assert recogniser.classify(transcript) in {"", *CLASSES}


def test_a_label_is_recognised_by_its_own_name_or_by_the_words_given():
    recogniser = Pocketsphinx(["Yes", "3", "maybe"], words={"maybe": ["perhaps", "possibly"]})
    assert [recogniser.classify(word) for word in ("yes", "three", "perhaps", "possibly")] == [
        "Yes",
        "3",
        "maybe",
        "maybe",
    ]
    assert recogniser.classify("") == recogniser.classify("maybe") == ""


def test_words_decide_what_is_recognised(digits):
    """Who listens for three of the digits alone hears no other."""
    listener = Pocketsphinx(["low", "high"], words={"low": ["one", "two"], "high": ["nine"]})
    some = digits.waveforms[::4]
    rows = list(recognise(listener, some, some, digits.rate, range(25), range(25)))
    assert {row["recognised_as"] for row in rows} <= {"", "low", "high"}
    assert {row["transcript"] for row in rows} <= {"", "one", "two", "nine"}
    assert any(row["recognised_as"] for row in rows)


def test_a_word_that_is_in_no_dictionary_is_named():
    with pytest.raises(UserError, match="no word 'xqzzy', 'brrrt'.*words: {label"):
        Pocketsphinx(["yes", "xqzzy", "brrrt"])


def test_a_word_that_stands_for_two_classes_is_refused():
    with pytest.raises(UserError, match="words: 'yes' stands for both 'yes' and 'no'"):
        Pocketsphinx(["yes", "no"], words={"no": ["yes"]})


def test_words_for_the_classes_of_another_corpus_are_not_listened_for():
    recogniser = Pocketsphinx(["yes", "no"], words={"xqzzy": ["perhaps"]})
    assert recogniser.classify("perhaps") == ""


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"class": "Recogniser", "params": {}}, "x.class: Recogniser is not a recogniser"),
        ({"class": "collections.OrderedDict", "params": {}}, "x.class: .* is not a recogniser"),
        ({"class": "Pocketsfinx", "params": {}}, "Did you mean Pocketsphinx"),
        ({"class": "Pocketsphinx", "params": {"word": {}}}, "x.params.word"),
    ],
)
def test_what_is_no_recogniser_is_refused(definition, said):
    with pytest.raises(UserError, match=said):
        FAMILIES["recognisers"].check(definition, "x")


def test_a_recogniser_of_the_users_own_listens(monkeypatch, tmp_path):
    (tmp_path / "my_ears.py").write_text(
        "class Loud:\n"
        "    def __init__(self, classes, threshold: float = 0.5):\n"
        "        self.classes, self.threshold = classes, threshold\n\n"
        "    def transcribe(self, recordings, sample_rate):\n"
        "        return ['loud' if x.max() > self.threshold else 'soft' for x in recordings]\n\n"
        "    def classify(self, transcript):\n"
        "        return transcript if transcript in self.classes else ''\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    definition = {"class": "my_ears.Loud", "params": {"threshold": "0.2"}}
    recogniser = FAMILIES["recognisers"].build(definition, "x", classes=["loud", "quiet"])
    assert isinstance(recogniser, Recogniser)
    recordings = np.array([[0.0, 0.3], [0.0, 0.1]])
    rows = list(recognise(recogniser, recordings, recordings, 8000, ["a", "b"], ["loud", "quiet"]))
    assert [row["recognised_as"] for row in rows] == ["loud", ""]
    assert [row["transcript"] for row in rows] == ["loud", "soft"]
    TRANSCRIPTS.write(rows, tmp_path / "transcripts.csv")
    assert TRANSCRIPTS.read(tmp_path / "transcripts.csv") == rows
