"""Real runs of the workflow in a copy of the project, as a user would make them."""

import pytest

from tests.projects import TINY, new_project


@pytest.fixture
def project(tmp_path):
    """A fresh copy of the project with the tiny study, nothing run yet."""
    return new_project(tmp_path / "project", TINY)
