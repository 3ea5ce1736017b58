"""The fingerprint follows code, and nothing but code."""

import pytest

from mishear.fingerprint import _hash_of_file, _imports_of_file, _tree, fingerprint


@pytest.fixture
def code(tmp_path):
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "used.py").write_text(
        "from package.deep import value\n\ndef f():\n    return value\n"
    )
    (package / "deep.py").write_text("value = 1\n")
    (package / "unused.py").write_text("other = 1\n")
    (tmp_path / "script.py").write_text("import os\nfrom package import used\nprint(used.f())\n")
    return tmp_path


def of(folder, modules=()):
    for cached in (_tree, _hash_of_file, _imports_of_file):
        cached.cache_clear()
    return fingerprint(folder / "script.py", [folder], modules)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("script.py", "import os\nfrom package import used\nprint(used.f() + 1)\n"),
        ("package/used.py", "from package.deep import value\n\ndef f():\n    return -value\n"),
        ("package/deep.py", "value = 2\n"),
        ("package/__init__.py", "loaded = True\n"),
    ],
)
def test_a_change_of_code_is_seen(code, file, text):
    before = of(code)
    (code / file).write_text(text)
    assert of(code) != before


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("script.py", "import os  # why\nfrom package import used\n\nprint(\n    used.f()\n)\n"),
        ("package/deep.py", '"""What it is."""\n# a comment\nvalue   = 1\n'),
        (
            "package/used.py",
            'from package.deep import value\n\ndef f():\n    """Docs."""\n    return value\n',
        ),
        ("package/unused.py", "other = 2\n"),
    ],
)
def test_what_is_no_code_or_not_imported_is_not_seen(code, file, text):
    before = of(code)
    (code / file).write_text(text)
    assert of(code) == before


def test_a_class_named_in_the_config_is_followed(code):
    (code / "mine.py").write_text("class Attack:\n    steps = 1\n")
    before = of(code, ["mine"])
    assert before != of(code)
    (code / "mine.py").write_text("class Attack:\n    steps = 2\n")
    assert of(code, ["mine"]) != before


def test_relative_imports_are_followed(code):
    (code / "package" / "used.py").write_text("from .deep import value\n\nf = value\n")
    before = of(code)
    (code / "package" / "deep.py").write_text("value = 2\n")
    assert of(code) != before
