"""Other libraries are installed by runs that use them, and by no others."""

import pytest

from tests.projects import TINY, new_project

pytestmark = pytest.mark.workflow

PROBE = "results/probes/tiny/mel16/paper-cnn/standard/seed0/peers.csv"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return new_project(tmp_path_factory.mktemp("peers") / "project", TINY)


def test_a_study_without_other_libraries_does_not_install_them(project):
    plan = project.run("--dry-run")
    assert "rule train:" in plan
    assert "rule peer_packages:" not in plan
    assert "results/peers" not in plan


def test_a_probe_installs_them(project):
    plan = project.run("--dry-run", PROBE)
    assert "rule peer_packages:" in plan
    assert "results/peers/packages" in plan


def test_no_network_is_said_without_a_traceback(project, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    said = project.failure("results/peers/packages.txt")
    assert "cannot be installed" in said
    assert "PIP_FIND_LINKS" in said
    assert not (project.folder / "results" / "peers" / "packages").exists()
