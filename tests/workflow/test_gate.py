"""The gate fails and passes, as in the example for GitHub Actions."""

import re
import subprocess
import sys

import pytest
import yaml

from mishear.core.card.files import read_card
from tests.projects import REPOSITORY

pytestmark = pytest.mark.workflow

REPORT = "results/reports/tiny"
ACTIONS = re.findall(
    r"```yaml\n(name: .*?)```", (REPOSITORY / "docs" / "gate.md").read_text(), re.S
)


@pytest.fixture
def gated(finished, tmp_path):
    """The finished study with requirements, to be run as the example does."""

    def run(*requirements):
        project = finished.copy(tmp_path / f"copy{len(list(tmp_path.iterdir()))}")
        config = project.config
        config["study"]["require"] = list(requirements)
        project.config = config
        return project, subprocess.run(
            ["bash", "-e", "-c", step("Run the study")],
            cwd=project.folder,
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


def step(name):
    """The commands of one step of the example, with this Python's Snakemake."""
    (text,) = ACTIONS
    steps = yaml.safe_load(text)["jobs"]["gate"]["steps"]
    (found,) = [each for each in steps if each.get("name") == name]
    return found["run"].replace(".venv/bin/snakemake", f"{sys.executable} -m snakemake")


def test_a_shortfall_fails_the_run_once_the_report_is_written(gated):
    project, done = gated(
        {"attack": "pgd", "eps": 0.5, "accuracy": 0.99}, {"clean_accuracy": 0.001}
    )
    output = done.stdout + done.stderr
    assert done.returncode == 1
    assert "Traceback" not in output
    assert "requirements are not met:\n  - study.require[0]: pgd, eps 0.5" in output
    assert re.search(r"the lower end is 0\.\d{3} below the required 0\.99\.", output)
    page = project.text(f"{REPORT}/report.html")
    assert "Requirements: failed" in page
    card = read_card(project.folder / REPORT / "card.json")
    assert card.passed is False
    assert not (project.folder / REPORT / "gate.txt").exists()


def test_what_is_reached_passes(gated):
    project, done = gated({"clean_accuracy": 0.001})
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Requirements: passed" in project.text(f"{REPORT}/report.html")
    assert read_card(project.folder / REPORT / "card.json").passed is True
    assert project.text(f"{REPORT}/gate.txt").startswith("All ")


def test_a_typo_is_refused_in_a_dry_run(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    config = project.config
    config["study"]["require"] = [{"attack": "pdg", "accuracy": 0.5}]
    project.config = config
    output = project.failure("--dry-run")
    assert "study.require[0].attack: the study evaluates no attack pdg" in output
    assert "did you mean 'pgd'" in output


def test_without_requirements_there_is_no_gate(finished):
    assert not (finished.folder / REPORT / "gate.txt").exists()
    assert read_card(finished.folder / REPORT / "card.json").passed is None
    assert "Requirements" not in finished.text(f"{REPORT}/report.html")


def test_the_installation_of_the_example_is_a_target_of_make():
    command = step("Install").split()
    assert command[0] == "make"
    listed = subprocess.run(
        ["make", "--dry-run", *command[1:]], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert listed.returncode == 0, listed.stderr
