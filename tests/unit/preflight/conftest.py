"""The config that is always read."""

import pytest
import yaml

from tests.unit.config.changes import CONFIG


@pytest.fixture
def raw():
    return yaml.safe_load((CONFIG / "config.yaml").read_text())
