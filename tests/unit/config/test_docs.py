"""What is generated or stated twice agrees with its source."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from mishear.config.docs import generated

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("path", generated(ROOT), ids=lambda path: path.name)
def test_generated_files_are_up_to_date(path):
    assert path.read_text() == generated(ROOT)[path], "run: python -m mishear.config.docs"


def requirements():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    lines = list(project["dependencies"])
    for extra in ("espeak", "listening", "workflow"):
        lines += extras[extra]
    return {re.split(r"[\[=<>]", line)[0]: line for line in lines}


def constraints():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize("name", ["mishear.yaml", "synthesis.yaml"])
def test_environments_have_the_tested_versions(name):
    environment = yaml.safe_load((ROOT / "envs" / name).read_text())
    assert "nodefaults" in environment["channels"]
    pinned = constraints()
    pip = environment["dependencies"][-1]["pip"]
    for requirement in pip:
        package, version = requirement.split("==")
        assert version == pinned[package.lower()], requirement
    needed = set(requirements()) - {"snakemake", "psutil", "espeakng-loader"}
    if name == "mishear.yaml":
        assert {requirement.split("==")[0] for requirement in pip} == needed


def test_constraints_hold_every_requirement():
    assert {name.lower() for name in requirements()} <= set(constraints())


def test_no_address_of_an_index_is_pinned():
    assert "http" not in (ROOT / "constraints.txt").read_text()
