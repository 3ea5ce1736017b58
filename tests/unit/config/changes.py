"""Changes to a config, and what is said of a wrong one."""

from pathlib import Path

import pytest

from mishear.config.loading import load
from mishear.core.errors import UserError

CONFIG = Path(__file__).parents[3] / "config"


def put(path, value):
    """A change that sets the key at a path, such as ``attacks/fgsm/eps``."""

    def change(raw):
        *sections, key = path.split("/")
        node = raw
        for section in sections:
            node = node.setdefault(section, {})
        node[key] = value

    return change


def assert_refused(raw, change, said):
    """Loading a changed config fails with a message that holds these words."""
    change(raw)
    with pytest.raises(UserError) as error:
        load(raw)
    for words in said:
        assert words in str(error.value)


def loaded(raw, path, value):
    """The checked config after a change."""
    put(path, value)(raw)
    return load(raw)
