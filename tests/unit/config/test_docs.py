"""What is generated or stated twice agrees with its source."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from mishear.config.base import Section
from mishear.config.config import Config
from mishear.config.docs import generated, places, readme

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("path", generated(ROOT), ids=lambda path: path.name)
def test_generated_files_are_up_to_date(path):
    assert path.read_text() == generated(ROOT)[path], "run: python -m mishear.config.docs"


def requirements():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    lines = list(project["dependencies"])
    for extra in ("espeak", "huggingface", "listening", "workflow"):
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
    assert "://" not in (ROOT / "constraints.txt").read_text()


def every_place():
    fields = Config.model_fields.items()
    return [found for name, field in fields for found in places(name, field.annotation)]


def test_every_section_has_a_place_of_its_own():
    """But those of a union, such as corpora, which their source tells apart."""
    found = [(place, section) for place, section in every_place() if place != "corpora.<name>"]
    assert len({place for place, _ in found}) == len(found)
    headings = re.findall(r"^`.*`: ", readme(), flags=re.M)
    assert len(set(headings)) == len(headings) == len(every_place())


def test_no_section_is_left_out():
    def leaves(section):
        parts = section.__subclasses__()
        return {section}.union(*map(leaves, parts)) if parts else {section}

    ours = {section for section in leaves(Section) if section.__module__.startswith("mishear.")}
    bases = {each for section in ours for each in section.__bases__}
    assert ours - bases - {Config} == {section for _, section in every_place()} - bases


@pytest.mark.parametrize(
    "place", ["recognisers.<name>", "listening", "listening.inversion", "listening.page"]
)
def test_places_are_written_as_in_a_config(place):
    assert f"\n`{place}`: " in readme()
