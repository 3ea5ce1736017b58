"""Jobs depend on their code and its libraries, wherever the user's classes lie."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from mishear.runtime.job_code import JobCode

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "workflow" / "scripts" / "evaluate.py"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A class in a folder of ``PYTHONPATH``; each version of it in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def written(text, number):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "elsewhere.py").write_text(text)
        return JobCode(ROOT / "src", ["elsewhere.A"], search_path=str(folder))

    return written


def test_a_class_outside_the_working_directory_counts(elsewhere):
    codes = [elsewhere(f"class A: steps = {steps}\n", n) for n, steps in enumerate((1, 1, 2))]
    first, same, other = (code.of(SCRIPT, ["elsewhere.A"]) for code in codes)
    assert first == same != other
    assert {code.of(SCRIPT) for code in codes} == {codes[0].of(SCRIPT)}


def test_libraries_stand_beside_the_hash():
    code = JobCode(ROOT / "src")
    plain = code.of(SCRIPT.with_name("unpack.py"))
    assert len(plain) == 12
    assert " with " in code.of(SCRIPT)
    assert "foolbox 3" in code.of(SCRIPT)
    assert "pyroomacoustics" in code.of(SCRIPT, ["mishear.corruptions.Reverberation"])


def test_what_does_not_count_is_said(elsewhere):
    text = "class A:\n    def f(self, path): return open(path)\n"
    code = elsewhere(text, 1)
    (said,) = code.unseen(SCRIPT, ["elsewhere.A", "foolbox.attacks.LinfPGD"])
    assert "elsewhere.py:2 reads a file" in said
    assert "'nowhere'" in code.unseen(SCRIPT, ["nowhere.A"])[0]


def test_every_package_of_listening_counts_where_it_is_used():
    """What is imported by a name in a variable would be in no hash."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    listed = project["optional-dependencies"]["listening"]
    packages = [re.match(r"[\w-]+", each)[0] for each in listed]
    recogniser = ["mishear.listening.recognisers.Pocketsphinx"]
    code = JobCode(ROOT / "src", recogniser)
    found = code.of(SCRIPT.with_name("quality.py"))
    found += code.of(SCRIPT.with_name("recognise.py"), recogniser)
    assert len(packages) == 3
    assert all(f"{package} {version(package)}" in found for package in packages)
