"""Hashes of recordings depend on what they are, not on names and order."""

from hypothesis import given
from hypothesis import strategies as st

from mishear.report.card.data import hash_of_recordings
from tests.unit.report.card.conftest import studied
from tests.unit.report.card.studies import invent

RECORDINGS = st.lists(st.tuples(st.text(), st.text()), max_size=6)


@given(RECORDINGS, st.randoms())
def test_the_order_does_not_count(recordings, random):
    shuffled = random.sample(recordings, len(recordings))
    assert hash_of_recordings(shuffled) == hash_of_recordings(recordings)


@given(RECORDINGS, RECORDINGS)
def test_other_recordings_have_another_hash(first, second):
    same = sorted(first) == sorted(second)
    assert (hash_of_recordings(first) == hash_of_recordings(second)) is same


def test_names_of_files_do_not_count_and_labels_do(tmp_path):
    cards = [
        invent(tmp_path / name, studied(), **changes).card
        for name, changes in {
            "one": {},
            "two": {"names": "other"},
            "three": {"labels": ["x", "y"]},
        }.items()
    ]
    corpora = [card.corpora[0].sha256 for card in cards]
    tests = [card.splits[0].test_sha256 for card in cards]
    assert corpora[0] == corpora[1] != corpora[2]
    assert tests[0] == tests[1] != tests[2]


def test_speakers_of_training_and_test_are_counted(tmp_path):
    split = invent(tmp_path, studied(), speakers=("ann", "ben")).card.splits[0]
    assert (split.test_speakers, split.known_speakers) == (2, 2)
