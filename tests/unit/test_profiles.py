"""The profiles hold options that Snakemake knows, and those of clusters submit the same jobs."""

import pytest
import yaml
from snakemake.cli import get_argument_parser

from tests.projects import REPOSITORY

PROFILES = sorted(path.parent.name for path in REPOSITORY.glob("profiles/*/config.yaml"))
PLUGINS = {
    "lsf": ("0.3.3", set()),
    "htcondor": ("0.3.0", {"jobdir", "shared-fs-prefixes", "held-timeout"}),
    "kubernetes": (
        "0.5.1",
        {"namespace", "cpu-scalar", "service-account-name", "privileged", "persistent-volumes"},
    ),
    "aws-batch": ("0.2.1", {"region", "job-queue", "job-role", "tags", "task-timeout"}),
}
"""For each plug-in that need not be installed: a version, and settings that this version has."""
SHARING = ("groups", "group-components", "cores", "resources", "set-resource-scopes")


def read(profile: str) -> dict:
    return yaml.safe_load((REPOSITORY / "profiles" / profile / "config.yaml").read_text())


@pytest.fixture(scope="module")
def options():
    """The names of Snakemake's options, those of installed plug-ins included."""
    parser = get_argument_parser()
    return {name.removeprefix("--") for name in parser._option_string_actions}


@pytest.mark.parametrize("profile", PROFILES)
def test_its_keys_are_options(profile, options):
    executor = read(profile).get("executor")
    own = {f"{executor}-{setting}" for setting in PLUGINS.get(executor, ("", ()))[1]}
    assert read(profile).keys() <= options | own


@pytest.mark.parametrize("profile", sorted(PLUGINS))
def test_an_untested_profile_says_so_and_names_its_plugin(profile):
    assert read(profile)["executor"] == profile
    text = (REPOSITORY / "docs" / "cluster.md").read_text()
    version = PLUGINS[profile][0]
    head = (REPOSITORY / "profiles" / profile / "config.yaml").read_text()[:600]
    assert head.startswith("# Untested")
    assert f"snakemake-executor-plugin-{profile} ({version})" in head
    assert f"`snakemake-executor-plugin-{profile}` {version}" in text


@pytest.mark.parametrize("profile", ["lsf", "htcondor"])
def test_jobs_are_grouped_as_on_slurm(profile):
    slurm = read("slurm")
    assert {key: read(profile)[key] for key in (*SHARING, "set-resources")} == {
        key: slurm[key] for key in (*SHARING, "set-resources")
    }
