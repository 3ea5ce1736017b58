"""Compiled modules are found by what code imports."""

from importlib.machinery import EXTENSION_SUFFIXES

import pytest

from mishear.runtime.fingerprint.compiled import compiled_files

EXTENSION = EXTENSION_SUFFIXES[0]


@pytest.mark.parametrize(
    ("file", "imported"),
    [
        ("fast.pyc", "fast"),
        ("fast.so", "fast.scale"),
        (f"fast{EXTENSION}", "fast"),
        (f"package/fast{EXTENSION}", "package.fast"),
        ("package/fast.pyc", "package.fast.scale"),
        ("package/__init__.pyc", "package.other.scale"),
    ],
)
def test_compiled_files_that_an_import_loads_are_found(tmp_path, file, imported):
    folders = [tmp_path / name for name in ("empty", "full", "missing")]
    for folder in folders[:2]:
        folder.mkdir()
    target = folders[1] / file
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"")
    (target.parent / "faster.so").write_bytes(b"")
    (target.parent / "fast.py").write_bytes(b"")
    assert compiled_files(imported, tuple(map(str, folders))) == (str(target),)
