"""How many speakers are tested, and for whom the numbers hold."""

import pytest

from mishear.evaluation.speakers import SpeakersOfTest
from mishear.report.speakers import remark


def of_names(*names, trained_on=()):
    return SpeakersOfTest(dict(zip("abcdef", names, strict=False)), frozenset(trained_on))


@pytest.mark.parametrize(
    ("speakers", "said"),
    [
        (of_names("", ""), "does not say who speaks"),
        (of_names("anna"), "1 speaker, not in the training data"),
        (of_names("anna", trained_on=["anna"]), "1 speaker, who is also in the training data"),
        (
            of_names("anna", "ben"),
            "2 speakers, none of them in the training data. Intervals are over",
        ),
        (of_names("anna", "ben", trained_on=["ben"]), "2 speakers, of whom 1 are also in"),
        (
            of_names("anna", "ben", trained_on=["ben", "anna"]),
            "2 speakers, all of whom are also in the training data. The numbers hold for other "
            "recordings of these speakers, not for other speakers.",
        ),
    ],
)
def test_a_sentence_says_who_is_tested(speakers, said):
    assert said in remark(speakers)


def test_what_a_network_that_came_trained_was_trained_on_is_not_claimed():
    speakers = SpeakersOfTest({"a.wav": "a", "b.wav": "b"}, frozenset())
    assert "none of them in the training data" in remark(speakers)
    said = remark(speakers, trained_here=False)
    assert "Test set: 2 speakers. The network was trained elsewhere" in said and "none" not in said
    assert said.endswith("Intervals are over speakers too.")
    one = SpeakersOfTest({"a.wav": "a"}, frozenset())
    assert "Intervals" not in remark(one, trained_here=False)
