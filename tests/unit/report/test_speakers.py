"""How many speakers are tested, and for whom the numbers hold."""

import pytest

from mishear.evaluation.speakers import SpeakersOfTest
from mishear.report.speakers import remark


def tested(*names, trained_on=()):
    return SpeakersOfTest(dict(zip("abcdef", names, strict=False)), frozenset(trained_on))


@pytest.mark.parametrize(
    ("speakers", "said"),
    [
        (tested("", ""), "does not say who speaks"),
        (tested("anna"), "1 speaker, not in the training"),
        (tested("anna", trained_on=["anna"]), "1 speaker, who is also in the training"),
        (tested("anna", "ben"), "2 speakers, none of them in the training. Intervals are over"),
        (tested("anna", "ben", trained_on=["ben"]), "2 speakers, of whom 1 are also in"),
        (
            tested("anna", "ben", trained_on=["ben", "anna"]),
            "2 speakers, all of whom are also in the training. The numbers hold for other "
            "recordings of these speakers, not for other speakers.",
        ),
    ],
)
def test_a_sentence_says_who_is_tested(speakers, said):
    assert said in remark(speakers)
