"""What the table of the smallest change holds."""

from mishear.core.tables.smallest_change import PLACE, SMALLEST_CHANGE


def test_a_row_is_of_a_victim_or_of_all_seeds():
    assert SMALLEST_CHANGE.keys == (*PLACE, "seed")
    (seed,) = [column for column in SMALLEST_CHANGE.columns if column.name == "seed"]
    assert seed.optional and "all seeds" in seed.text


def test_it_is_called_an_upper_bound():
    assert "upper bound" in SMALLEST_CHANGE.text
