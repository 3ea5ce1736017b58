"""What the tables of `mishear.core.tables.training` hold."""

from mishear.core.tables import training


def test_a_history_is_a_row_per_epoch():
    assert training.HISTORY.keys == ("epoch",)
    assert training.HISTORY.names[-1] == "seconds"
