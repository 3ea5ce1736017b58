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
        (of_names("anna"), "1 speaker, not in the training"),
        (of_names("anna", trained_on=["anna"]), "1 speaker, who is also in the training"),
        (of_names("anna", "ben"), "2 speakers, none of them in the training. Intervals are over"),
        (of_names("anna", "ben", trained_on=["ben"]), "2 speakers, of whom 1 are also in"),
        (
            of_names("anna", "ben", trained_on=["ben", "anna"]),
            "2 speakers, all of whom are also in the training. The numbers hold for other "
            "recordings of these speakers, not for other speakers.",
        ),
    ],
)
def test_a_sentence_says_who_is_tested(speakers, said):
    assert said in remark(speakers)
