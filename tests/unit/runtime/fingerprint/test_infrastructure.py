"""What fingerprints leave out cannot change a result."""

import ast
import importlib
import re
import shutil
import sys
from pathlib import Path

import pytest

from mishear.runtime.fingerprint.hashing import fingerprint
from mishear.runtime.fingerprint.infrastructure import INFRASTRUCTURE
from mishear.runtime.fingerprint.resolving import find

SOURCE = Path(importlib.import_module("mishear").__file__).parents[1]
ROOTS = (str(SOURCE),)
SCRIPTS = SOURCE.parent / "workflow" / "scripts"

MAY_IMPORT = (
    {"filelock", "psutil", "pynvml"}
    | {"mishear.core.errors", "mishear.core.files", "mishear.core.origin"}
    | {"mishear.runtime.file_hashes"}
    | INFRASTRUCTURE.keys()
    | set(sys.stdlib_module_names) - {"random", "secrets", "uuid"}
)
OPENS_ARRAYS = {("mishear.runtime.contents", "numpy")}
"""It says whether a file is an array, and keeps nothing of it."""


def tree(module):
    return ast.parse(Path(find(module, ROOTS).path).read_text())


def imports(module):
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("module", INFRASTRUCTURE)
def test_it_imports_nothing_that_computes(module):
    found = {name if name.startswith("mishear") else name.split(".")[0] for name in imports(module)}
    assert {name for name in found - MAY_IMPORT if (module, name) not in OPENS_ARRAYS} == set()


@pytest.mark.parametrize("module", INFRASTRUCTURE)
def test_it_sets_nothing_that_libraries_read_but_the_gpu(module):
    setters = ("os.putenv", "os.environ.update", "os.environ.setdefault", "setattr")
    changed = {
        ast.unparse(node)
        for node in ast.walk(tree(module))
        if (isinstance(node, ast.Call) and ast.unparse(node.func) in setters)
        or (
            isinstance(node, ast.Subscript | ast.Attribute)
            and isinstance(node.ctx, ast.Store | ast.Del)
        )
    }
    changed = {name for name in changed if not re.fullmatch(r"self\.\w+", name)}
    assert changed <= {"os.environ[VISIBLE]", "logging.raiseExceptions", "sys.unraisablehook"}


def test_other_code_takes_from_it_what_is_listed():
    taken = {module: set() for module in INFRASTRUCTURE}
    own = {find(module, ROOTS).path for module in INFRASTRUCTURE}
    files = [*(SOURCE / "mishear").rglob("*.py"), *SCRIPTS.glob("*.py")]
    for file in (each for each in files if str(each) not in own):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                names = {alias.name for alias in node.names}
                assert not {f"{node.module}.{name}" for name in names} & INFRASTRUCTURE.keys(), file
                taken.get(node.module, set()).update(names)
            elif isinstance(node, ast.Import):
                assert not {alias.name for alias in node.names} & INFRASTRUCTURE.keys(), file
    assert taken == {module: about.taken for module, about in INFRASTRUCTURE.items()}


@pytest.mark.parametrize("module", INFRASTRUCTURE)
def test_it_is_left_out_however_it_is_imported(tmp_path, module):
    package, _, name = module.rpartition(".")
    folder = tmp_path / package.replace(".", "/")
    folder.mkdir(parents=True)
    script = tmp_path / "script.py"
    script.write_text(
        f"import {module}\nfrom {package} import {name}\nfrom {module} import f\n"
        f"f(), {name}.f(), {module}.f()\n"
    )
    found = {}
    for number, text in enumerate(("def f(): return 1\n", "def f(): return 2\nprint()\n")):
        root = tmp_path / str(number)
        shutil.copytree(tmp_path / "mishear", root / "mishear")
        (root / "mishear" / "runtime" / f"{name}.py").write_text(text)
        found[number] = fingerprint(script, [root])
    assert found[0] == found[1]
