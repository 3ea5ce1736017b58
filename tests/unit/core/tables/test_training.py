"""What the tables of `mishear.core.tables.training` hold."""

from mishear.core.tables import training
from mishear.core.tables.shared import ENVIRONMENT_KEYS


def test_a_history_is_a_row_per_epoch():
    assert training.HISTORY.keys == ("epoch",)
    assert training.HISTORY.names[-len(ENVIRONMENT_KEYS) :] == ENVIRONMENT_KEYS
