"""The workflow run from elsewhere: another folder, the installed package, another workflow."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.projects import REPOSITORY, TINY, new_project

pytestmark = pytest.mark.workflow

MODULE = """
configfile: "config/config.yaml"


module mishear:
    snakefile:
        "{snakefile}"
    config:
        config
    prefix:
        "robustness"


use rule * from mishear as mishear_*


rule all:
    default_target: True
    input:
        rules.mishear_all.input,
"""


def snakemake(folder, *arguments, python_path="", succeeds=True):
    """Run Snakemake in a folder; both streams come as text."""
    environment = {**os.environ, "PYTHONPATH": python_path}
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert (done.returncode == 0) == succeeds, done.stdout[-5000:]
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """What a wheel installs: the folder of its packages, and its folder ``share/mishear``."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    source = new_project(folder / "source", TINY).folder
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((REPOSITORY / name).read_bytes())
    subprocess.run([*command, "--wheel-dir", folder, source], check=True, timeout=300)
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    (share,) = (folder / "site").glob("*.data/data/share/mishear")
    return folder / "site", share


def test_it_is_a_module_with_a_prefix_where_only_the_package_is_installed(installed, tmp_path):
    site, share = installed
    (tmp_path / "workflow").mkdir()
    snakefile = MODULE.format(snakefile=share / "workflow" / "Snakefile")
    (tmp_path / "workflow" / "Snakefile").write_text(snakefile)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_bytes(
        (REPOSITORY / ".test/config/config.yaml").read_bytes()
    )
    # The recordings of a corpus are an input, and a parameter as well.
    target = "robustness/results/corpora/digits/inspected.csv"
    snakemake(tmp_path, target, python_path=str(site))
    (inspected,) = tmp_path.glob("robustness/results/corpora/digits-*/inspected.csv")
    assert inspected.read_text().count("\n") == 181
    assert list(tmp_path.glob("robustness/logs/inspect/digits*.log"))
    assert not (tmp_path / "results").exists()
    assert (tmp_path / ".snakemake/mishear/library/mishear").resolve() == site / "mishear"
    plan = snakemake(tmp_path, "--dry-run", python_path=str(site))
    assert "mishear_train" in plan and "mishear_inspect" not in plan


def test_the_package_has_the_whole_workflow(installed):
    _, share = installed
    for name in ("workflow", "config", "profiles", "envs"):
        for file in sorted((REPOSITORY / name).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                path = share / file.relative_to(REPOSITORY)
                assert path.read_bytes() == file.read_bytes(), path
    assert (share / "workflow/profiles/default/config.yaml").exists()


def test_a_folder_without_config_reads_the_projects_and_says_so(tmp_path):
    (tmp_path / "mine.yaml").write_text("study: {name: mine, recipes: [standard]}\n")
    snakefile = str(REPOSITORY / "workflow/Snakefile")
    plan = snakemake(tmp_path, "-n", "-s", snakefile, "--configfile", "mine.yaml")
    project = REPOSITORY / "config/config.yaml"
    assert f"config/config.yaml is not in {tmp_path}: {project} is read instead" in plan
    assert "results/reports/mine/report.html" in plan
    # So reruns depend on the same as in the project's own folder.
    assert f"{Path('profiles/default')} for setting default" in plan


def test_without_any_config_the_message_says_which_is_missing(tmp_path):
    project = new_project(tmp_path / "project", TINY)
    (project.folder / "config").rename(tmp_path / "config")
    text = snakemake(project.folder, "-n", succeeds=False)
    assert f"config/config.yaml is not in {project.folder}. Copy the folder config" in text
    assert "Traceback" not in text
