"""What all tests share."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def fsdd_archive():
    """The archive of the real FSDD recordings."""
    archive = os.environ.get("MISHEAR_FSDD_ARCHIVE")
    if not archive:
        pytest.skip("set MISHEAR_FSDD_ARCHIVE to the FSDD release's .tar.gz to run this test")
    return Path(archive)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where MISHEAR_NO_SKIPS is set, a test that was skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("MISHEAR_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr[-1]}"
    return report
