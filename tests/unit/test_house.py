"""The code keeps to the project's limits, so that each part can be read in one sitting."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projects import REPOSITORY

LIBRARY = REPOSITORY / "src" / "mishear"
WORKFLOW = REPOSITORY / "workflow"
MODULES = sorted([*LIBRARY.rglob("*.py"), *(WORKFLOW / "lib").rglob("*.py")])
SCRIPTS = sorted((WORKFLOW / "scripts").glob("*.py"))
RULES = sorted([*(WORKFLOW / "rules").glob("*.smk"), WORKFLOW / "Snakefile"])
TESTS = REPOSITORY / "tests" / "unit"

MODULE_LINES = 300
RULE_FILE_LINES = 150
SCRIPT_LINES = 30
FUNCTION_LINES = 40
"""Without its docstring."""
PARAMETERS = 7
"""Without ``self``; what needs more gets a dataclass."""


def name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Yield name, syntax tree and whether it is a method, for each function of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    methods = {id(each) for node in classes for each in node.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name(path)}: {node.name}", node, id(node) in methods


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    first = function.body[0]
    docstring = 0
    if ast.get_docstring(function) is not None:
        docstring = first.end_lineno - first.lineno + 1
    return function.end_lineno - function.lineno + 1 - docstring


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef, is_method: bool) -> int:
    """How many parameters have a name, without ``self`` or ``cls``."""
    given = function.args
    count = len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)
    decorators = {each.id for each in function.decorator_list if isinstance(each, ast.Name)}
    return count - (is_method and "staticmethod" not in decorators)


def long_files(paths: list[Path], limit: int) -> set[str]:
    return {name(path) for path in paths if lines(path) > limit}


def all_functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    for path in [*MODULES, *SCRIPTS]:
        yield from functions(path)


def mirror(module: Path) -> Path:
    """Where the unit test of a module of the library is."""
    inside = module.relative_to(LIBRARY)
    return TESTS / inside.parent / f"test_{inside.name}"


def untested_modules() -> set[str]:
    modules = [path for path in LIBRARY.rglob("*.py") if path.name != "__init__.py"]
    return {name(path) for path in modules if not mirror(path).is_file()}


RULES_OF_THE_HOUSE = {
    f"modules have up to {MODULE_LINES} lines": lambda: long_files(MODULES, MODULE_LINES),
    f"rule files have up to {RULE_FILE_LINES} lines": lambda: long_files(RULES, RULE_FILE_LINES),
    f"scripts have up to {SCRIPT_LINES} lines": lambda: long_files(SCRIPTS, SCRIPT_LINES),
    f"functions have up to {FUNCTION_LINES} lines": lambda: {
        called for called, function, _ in all_functions() if length(function) > FUNCTION_LINES
    },
    f"functions have up to {PARAMETERS} parameters": lambda: {
        called
        for called, function, is_method in all_functions()
        if parameters(function, is_method) > PARAMETERS
    },
    "every module has a unit test of its own": untested_modules,
}


@pytest.mark.parametrize("rule", RULES_OF_THE_HOUSE)
def test_the_code_keeps_to(rule):
    assert not RULES_OF_THE_HOUSE[rule](), rule


def test_everything_is_looked_at():
    assert LIBRARY / "core" / "files.py" in MODULES
    assert WORKFLOW / "lib" / "snakemake_internals.py" in MODULES
    assert WORKFLOW / "lib" / "warm_start" / "job.py" in MODULES
    assert WORKFLOW / "scripts" / "train.py" in SCRIPTS
    assert WORKFLOW / "rules" / "common.smk" in RULES


def test_lengths_and_parameters_are_counted(tmp_path, monkeypatch):
    source = '''
class A:
    @staticmethod
    def still(a, b):
        """One line."""
        return a

    def method(self, a, *others, b=1, **more):
        """Two

        lines and one."""

        def inner(a):
            return a

        return inner(a)


async def function(a, /, b, *, c): ...
'''
    (tmp_path / "a.py").write_text(source)
    monkeypatch.setattr(f"{__name__}.name", lambda path: path.name)
    found = {
        called.removeprefix("a.py: "): (length(function), parameters(function, is_method))
        for called, function, is_method in functions(tmp_path / "a.py")
    }
    assert found == {"still": (2, 2), "method": (6, 2), "inner": (2, 1), "function": (1, 3)}
