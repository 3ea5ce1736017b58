"""Real runs of the workflow in a copy of the project, as a user would make them."""

import os

import pytest
from warm_start.setup import SWITCH

from tests.projects import TINY, new_project
from tests.warm_snakemake import SHARED_BY_JOBS
from tests.workflow.warm_starts import Run


@pytest.fixture(scope="session", autouse=True)
def shared_starter():
    """Let the runs of all workers share a process that has imported the libraries.

    It begins with the first job and ends with pytest. What is about warm starts or about killed
    runs has starters of its own.
    """
    if SWITCH not in os.environ:
        os.environ[SWITCH] = f"@{os.environ[SHARED_BY_JOBS]}"
    yield
    os.environ.pop(SWITCH)


@pytest.fixture
def project(tmp_path):
    """A fresh copy of the project with the tiny study, nothing run yet."""
    return new_project(tmp_path / "project", TINY)


@pytest.fixture
def bare(tmp_path):
    """What takes the place of a run; its first job begins its starter."""
    begun = Run.begun(tmp_path / "run")
    yield begun
    begun.end()
