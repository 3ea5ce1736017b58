"""What `mishear.core.tables.environments` declares."""

from mishear.core.tables.environments import ENVIRONMENTS
from mishear.core.tables.shared import ENVIRONMENT_KEYS


def test_a_row_is_known_by_all_but_its_count():
    assert ENVIRONMENTS.keys == ENVIRONMENTS.names[:-1]
    assert set(ENVIRONMENT_KEYS) < set(ENVIRONMENTS.keys)
