"""The Dockerfile copies what is there and installs what is pinned. No image is built here."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.projects import REPOSITORY

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()


@pytest.fixture(scope="module")
def instructions():
    """Each instruction with what follows it, comments left out and lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line]


def all_of(instructions, name):
    return [rest for instruction, rest in instructions if instruction == name]


def test_hadolint_finds_nothing():
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [linter, REPOSITORY / "Dockerfile"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_what_it_copies_is_in_the_repository_and_not_ignored(instructions):
    kept = (REPOSITORY / ".dockerignore").read_text().splitlines()
    copied = [each for each in all_of(instructions, "COPY") if not each.startswith("--from")]
    sources = [source for each in copied for source in each.split()[:-1]]
    assert len(sources) > 8
    for source in sources:
        assert (REPOSITORY / source).exists(), source
        assert f"!{source}" in kept, source


def test_it_copies_all_that_a_wheel_is_made_of(instructions):
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    copied = {source for each in all_of(instructions, "COPY") for source in each.split()[:-1]}
    data = project["tool"]["setuptools"]["data-files"].values()
    needed = {file.partition("/")[0] for files in data for file in files}
    assert needed | {"src", "pyproject.toml", project["project"]["readme"]} <= copied


def test_it_pins_the_projects_torch(instructions):
    (version,) = [each[6:] for each in all_of(instructions, "ARG") if each.startswith("TORCH=")]
    constraints = (REPOSITORY / "constraints.txt").read_text().splitlines()
    assert {f"torch=={version}", f"torchaudio=={version}"} <= set(constraints)
    extras = next(each[7:] for each in all_of(instructions, "ARG") if each.startswith("EXTRAS="))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    assert set(extras.split(",")) <= project["project"]["optional-dependencies"].keys()


def test_it_starts_snakemake_as_an_ordinary_user(instructions):
    assert all_of(instructions, "USER")[-1].isdecimal()
    assert all_of(instructions, "USER")[-1] != "0"
    (start,) = all_of(instructions, "ENTRYPOINT")
    command = json.loads(start)
    assert command[:2] == ["snakemake", "--snakefile"]
    # `mishear folder` is below the environment's own folder.
    inside = command[2].partition("/share/mishear/")[2]
    assert (REPOSITORY / inside).is_file()
    assert json.loads(all_of(instructions, "CMD")[0]) == ["--cores", "all"]
