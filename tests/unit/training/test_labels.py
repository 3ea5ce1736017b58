"""Labels of outputs are matched to classes whatever their order, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.training.labels import check_labels, order_of_outputs

CLASSES = ["no", "stop", "yes"]


@given(st.permutations(CLASSES))
def test_any_order_is_taken_and_put_right(labels):
    check_labels(labels, CLASSES, "words", "networks.mine")
    assert [labels[number] for number in order_of_outputs(labels, CLASSES)] == CLASSES


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["no", "stop", "yess"], ["class 'yes'", "did you mean 'yes' where you wrote 'yess'?"]),
        (
            ["no", "go"],
            [
                "classes 'stop', 'yes'",
                "Its labels: no, go",
                "leave recordings of other classes out",
            ],
        ),
        ([*CLASSES, "up"], ["label 'up'", "Its classes: no, stop, yes", "last layer"]),
        ([*CLASSES, *"abcdefg"], ["labels 'a', 'b', 'c', 'd', 'e' and 2 more"]),
    ],
)
def test_other_labels_are_named(labels, said):
    with pytest.raises(UserError) as caught:
        check_labels(labels, CLASSES, "words", "networks.mine")
    assert str(caught.value).startswith("networks.mine.labels: ")
    for part in said:
        assert part in str(caught.value)
