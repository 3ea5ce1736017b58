"""Cards of studies whose labels mean something to every format."""

import pytest

from tests.unit.report.card.conftest import REQUIRED, studied
from tests.unit.report.card.studies import invent


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    """Two attacks, a corruption, defences and requirements."""
    folder = tmp_path_factory.mktemp("study")
    config = studied(require=REQUIRED, defences=["none", "median"])
    return invent(folder, config).card
