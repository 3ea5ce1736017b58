"""What all tests share."""

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from tests import warm_snakemake
from tests.projects import LIBRARIES_FOLDER, TINY, Project, new_project

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

THREADS = [f"{name}_NUM_THREADS" for name in ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")]


def pytest_configure():
    """Compute with one thread, as jobs do, and let the workers start Snakemake from one process.

    Several threads in each of several workers wait for each other and keep the cores busy with
    that: tests of attacks took four times as long.
    """
    os.environ.update(dict.fromkeys(THREADS, "1"))
    warm_snakemake.share_among_workers()


@pytest.fixture(scope="session")
def fsdd_archive():
    """The archive of the real FSDD recordings."""
    archive = os.environ.get("MISHEAR_FSDD_ARCHIVE")
    if not archive:
        pytest.skip("set MISHEAR_FSDD_ARCHIVE to the FSDD release's .tar.gz to run this test")
    return Path(archive)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The tiny study, run to its end, once for all workers. Copy it before you change anything."""
    pytest.importorskip("espeakng_loader", reason="eSpeak NG is not installed (extra: espeak)")
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "finished"
    with FileLock(shared / "finished.lock"):
        if (shared / "finished.done").exists():
            return Project(folder)
        shutil.rmtree(folder, ignore_errors=True)
        project = new_project(folder, TINY)
        project.run(cold=True)
        (shared / "finished.done").touch()
    return project


@pytest.fixture(scope="session")
def libraries_folder():
    """Where the other libraries are; without them the test is skipped."""
    packages = ("art", "advertorch", "kornia", "torchattacks")
    absent = [name for name in packages if not (LIBRARIES_FOLDER / name).is_dir()]
    if absent:
        pytest.skip(f"{', '.join(absent)} not in .oracles: run 'make oracles' in the repository")
    return LIBRARIES_FOLDER


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium."""
    binaries = ("chromium", "chromium-browser", "google-chrome")
    binary = next(filter(None, map(shutil.which, binaries)), None)
    if binary is None:
        pytest.skip("no Chromium found (Debian's package chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        options.append("--autoplay-policy=no-user-gesture-required")
        started = playwright.chromium.launch(executable_path=binary, args=options)
        yield started
        started.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where MISHEAR_NO_SKIPS is set, a test that was skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("MISHEAR_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {report.longrepr[-1]}"
    return report
