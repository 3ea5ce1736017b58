"""Modules that are followed are told from those of libraries."""

import pytest

from mishear.runtime.fingerprint.following import LOADED, Part, follow
from mishear.runtime.fingerprint.imports import imports_of, is_in_library, libraries_of
from mishear.runtime.fingerprint.resolving import Source


@pytest.fixture
def roots(tmp_path):
    for file in ("space/here.py", "space/fast.so", "package/__init__.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("a = 1")
    return (str(tmp_path),)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("space.here.a", False),
        ("space.elsewhere.a", True),
        ("space.fast.a", False),
        ("package", False),
        ("package.a", False),
        ("library", True),
    ],
)
def test_a_namespace_may_lie_in_a_library_too(roots, name, expected):
    assert is_in_library(name, roots) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import library\ndef f(): return library.a", {"library"}),
        ("def f():\n    from library.inner import a\n    return a", {"library"}),
        ("import space.here\ndef f(): return space.here.a", set()),
        ("from space import here\ndef f(): return here.a", set()),
        ("from space import elsewhere as e\ndef f(): return e.a", {"space"}),
        ("import package as p\ndef f(): return p.a", set()),
        ("import library\ndef f(): return 1", set()),
    ],
)
def test_libraries_are_those_that_a_part_mentions(roots, tmp_path, text, expected):
    source = Source("mine", str(tmp_path / "mine.py"))
    (tmp_path / "mine.py").write_text(text)
    found = follow([Part(source, "f")], roots)
    assert set().union(*(libraries_of(part, roots) for part in found)) == expected


def test_imports_are_those_of_the_module_and_of_functions_that_are_used(roots, tmp_path):
    source = Source("mine", str(tmp_path / "mine.py"))
    (tmp_path / "mine.py").write_text(
        "import one.inner\nfrom two import a\ndef f():\n    import three\n"
        "    return __import__('four')\ndef g(): import five"
    )
    assert set(imports_of(Part(source, LOADED), roots)) == {"one.inner", "two.a"}
    assert set(imports_of(Part(source, "f"), roots)) == {"three", "four"}
