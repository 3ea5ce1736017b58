"""Jobs depend on their code and its libraries, wherever the user's classes lie."""

import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from mishear.runtime.fingerprint import job_code, source_folders
from mishear.runtime.fingerprint.job_code import JobCode

ROOT = Path(__file__).parents[4]
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


def test_files_of_the_user_have_a_hash_of_their_own(elsewhere):
    codes = [elsewhere(f"class A: steps = {steps}\n", n) for n, steps in enumerate((1, 1, 2))]
    first, same, other = (code.of_user_files(SCRIPT) for code in codes)
    assert first == same != other
    no_class_of_the_user = JobCode(ROOT / "src", ["mishear.corruptions.Reverberation"])
    assert no_class_of_the_user.of_user_files(SCRIPT) is None


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


@pytest.fixture
def edit(tmp_path, monkeypatch):
    """A function that edits a file and returns whether the hash changes, and what is told.

    Files are in a folder of ``PYTHONPATH``, or in ``links``, on which a file ``*.pth`` puts
    Python.
    """
    monkeypatch.chdir(tmp_path)

    def asked(folder, files):
        # Modules are kept by their paths as long as Python runs, so each state has its own.
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        source_folders.folders_of.cache_clear()
        with monkeypatch.context() as changed:
            changed.setattr(sys, "path", [*sys.path, str(folder / "links"), str(folder / "mine")])
            code = JobCode(ROOT / "src", [NET], search_path=str(folder / "mine"))
            return code.of(SCRIPT, [NET]), code.unseen(SCRIPT, [NET])

    def edited(files, file):
        before, told = asked(tmp_path / "before", files)
        after, _ = asked(tmp_path / "after", {**files, file: files[file].replace(b"1.0", b"5.0")})
        return before != after, told

    yield edited
    source_folders.folders_of.cache_clear()


NET = "corp.nets.Net"
SCALE = b"def scale():\n    return 1.0\n"


def net(imports, use="helper.scale()"):
    return f"{imports}\nclass Net:\n    def f(self):\n        return {use}\n".encode()


@pytest.mark.parametrize(
    ("place", "file", "text"),
    [
        ("mine", "helper.py", net("import helper")),
        ("mine", "helper/__init__.py", net("from helper import scale", "scale()")),
        ("links", "helper.py", net("", "__import__('helper').scale()")),
        ("links", "corp/helper.py", net("import corp.helper", "corp.helper.scale()")),
        ("links", "corp/inner/__init__.py", net("from corp import inner", "inner.scale()")),
        ("mine", "helper.py", net("import between as helper")),
    ],
)
@pytest.mark.parametrize("home", ["mine", "links"])
def test_what_a_class_imports_from_links_to_source_is_followed(edit, home, place, file, text):
    helper = f"links/{file}"
    files = {
        f"{home}/corp/nets.py": text,
        helper: SCALE,
        f"{place}/between.py": b"from helper import scale",
    }
    assert edit(files, helper) == (True, [])


def test_a_class_in_a_namespace_that_is_a_link_is_followed(edit):
    files = {"links/corp/nets.py": net("", "1.0")}
    assert edit(files, "links/corp/nets.py") == (True, [])


ADDING = "import os, sys\nsys.path.{}\nimport helper"


@pytest.mark.parametrize(
    "change",
    [
        "insert(0, os.path.join(os.path.dirname(__file__), 'lib'))",
        "append(os.path.dirname(__file__) + '/lib')",
    ],
)
def test_a_folder_that_the_code_adds_is_followed(edit, change):
    files = {"mine/corp/nets.py": net(ADDING.format(change)), "mine/corp/lib/helper.py": SCALE}
    assert edit(files, "mine/corp/lib/helper.py") == (True, [])


def test_a_folder_that_the_code_puts_first_is_searched_first(edit):
    change = "insert(0, os.path.join(os.path.dirname(__file__), 'lib'))"
    files = {
        "mine/corp/nets.py": net(ADDING.format(change)),
        "mine/corp/lib/helper.py": SCALE,
        "mine/helper.py": SCALE,
    }
    assert edit(files, "mine/corp/lib/helper.py")[0]


@pytest.mark.parametrize("change", ["insert(0, os.environ.__class__)", f"append({sys.prefix!r})"])
def test_a_folder_that_cannot_be_followed_is_told(edit, change):
    change = change.replace(sys.prefix, str(Path(pytest.__file__).parents[1]))
    _, told = edit({"mine/corp/nets.py": net(ADDING.format(change))}, "mine/corp/nets.py")
    assert [each.partition("before/")[2][:45] for each in told if "sys.path" in each] == [
        "mine/corp/nets.py:2 adds a folder to sys.path"
    ]


@pytest.mark.parametrize("file", ["helper.so", "helper.pyc", "corp/helper.so"])
def test_a_compiled_module_counts_by_its_content(edit, file):
    text = net("from corp import helper") if "corp" in file else net("import helper")
    files = {"mine/corp/nets.py": text, f"mine/{file}": b"1.0"}
    assert edit(files, f"mine/{file}") == (True, [])


def test_a_module_that_lies_among_installed_packages_by_itself_is_told(edit, tmp_path):
    loose = tmp_path / "site-packages"
    loose.mkdir()
    (loose / "helper.py").write_bytes(SCALE)
    sys.path.append(str(loose))
    try:
        _, told = edit({"mine/corp/nets.py": net("import helper")}, "mine/corp/nets.py")
    finally:
        sys.path.remove(str(loose))
    assert [each[:15] for each in told] == ["module 'helper'"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ["module 'helper'", "module 'torch':"]),
        ({"mine/helper.py": SCALE}, ["module 'torch':"]),
    ],
)
def test_a_link_whose_source_cannot_be_followed_is_told(edit, monkeypatch, files, expected):
    monkeypatch.setattr(job_code, "is_link", {"helper", "torch"}.__contains__)
    files = {"mine/corp/nets.py": net("import helper"), **files}
    _, told = edit(files, "mine/corp/nets.py")
    assert [each[:15] for each in told] == expected
