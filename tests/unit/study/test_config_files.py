"""Configs are read as Snakemake reads them."""

import re
from pathlib import Path

import pytest
import yaml

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.study.config_files import load_joined, read_config
from tests.unit.study.configs import PLAIN, raw


def write(path, content):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(yaml.safe_dump(content))


def test_a_config_is_read_as_snakemake_reads_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("config/config.yaml", {"a": {"x": 1, "y": [1, 2]}, "b": 1})
    write("one.yaml", {"a": {"y": [3]}})
    write("two.yaml", {"b": {"z": 1}})
    assert read_config(["one.yaml", "two.yaml"]) == {"a": {"x": 1, "y": [3]}, "b": {"z": 1}}
    assert read_config(["config/config.yaml"]) == {"a": {"x": 1, "y": [1, 2]}, "b": 1}


def test_files_of_one_study_are_joined_and_half_of_them_say_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    whole = raw(PLAIN)
    write("first.yaml", {key: value for key, value in whole.items() if key != "networks"})
    write("second.yaml", {"networks": whole["networks"]})
    assert load_joined("first.yaml+second.yaml") == load(whole)
    with pytest.raises(UserError, match=r"(?s)first.yaml: .*config/own.yaml\+first.yaml"):
        load_joined("first.yaml")


@pytest.mark.parametrize("files", ["c.yaml+", "+c.yaml", "a.yaml++b.yaml", "+", ""])
def test_a_part_that_is_empty_is_named(files):
    with pytest.raises(UserError, match="^" + re.escape(f"{files}: a file is missing")):
        load_joined(files)
