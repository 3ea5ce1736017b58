"""The numbers that the paper prints."""

from mishear.paper import printed


def test_numbers_are_accuracies_with_their_places():
    found = [value for value in vars(printed).values() if isinstance(value, printed.Printed)]
    assert len(found) == 7
    for number in found:
        assert 0 <= number.accuracy <= 1
        assert number.place and number.quantity and number.short
    assert {number.eps for number in found} == {None, 0.95}
