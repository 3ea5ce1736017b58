"""Find the folders that code adds to ``sys.path``, as far as its text alone tells them."""

import ast
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mishear.runtime.fingerprint.scanning import dotted
from mishear.runtime.fingerprint.syntax import Module

_ADDING = {"insert": (1, True), "append": (0, False), "extend": (0, False)}
"""Methods with the position of what they add, and whether they add it at the front."""

_CONSTANTS = {
    f"os{path}.{name}": getattr(os, name)
    for path in ("", ".path")
    for name in ("curdir", "pardir", "sep")
}
_FUNCTIONS = {
    "os.fspath": os.fspath,
    "os.getcwd": os.getcwd,
    "pathlib.Path": Path,
    "pathlib.Path.cwd": Path.cwd,
    "pathlib.Path.home": Path.home,
    "str": str,
} | {
    f"os.path.{name}": getattr(os.path, name)
    for name in ("abspath", "dirname", "expanduser", "join", "normpath", "realpath")
}
_METHODS = frozenset(("absolute", "as_posix", "expanduser", "joinpath", "resolve", "with_name"))
_ATTRIBUTES = frozenset(("parent", "parents"))


class Change(NamedTuple):
    """A place where code adds to ``sys.path``.

    Attributes
    ----------
    line : int
    folder : str or None
        What it adds; None if only running the code tells.
    is_first : bool
        Whether it is searched before the others.
    """

    line: int
    folder: str | None
    is_first: bool


def adds_folders(code: Module) -> bool:
    """Return whether a module may change ``sys.path``, under any name."""
    for statement in code.order:
        for mention in statement.mentions:
            first, _, rest = mention.partition(".")
            for target in (*code.aliases.get(first, ()), *statement.aliases.get(first, ())):
                name = ".".join(filter(None, [*target, rest]))
                if f"{name}.".startswith(("sys.path.", "site.addsitedir.")):
                    return True
    return False


@cache
def changes_in(file: str) -> tuple[Change, ...]:
    """Return where a Python file adds to ``sys.path``.

    Raises
    ------
    SyntaxError
        If it is not Python.
    """
    return tuple(_Reader(file).changes())


class _Reader:
    """A Python file with what its names mean, where that is the same wherever they are used."""

    def __init__(self, file: str) -> None:
        self.file = os.path.abspath(file)
        self.nodes = list(ast.walk(ast.parse(Path(file).read_bytes(), filename=file)))
        self.imported: dict[str, str] = {}
        bound: dict[str, list[ast.expr | None]] = defaultdict(list)
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for each in node.names:
                    top = each.name.partition(".")[0]
                    self.imported[each.asname or top] = each.name if each.asname else top
            elif isinstance(node, ast.ImportFrom):
                for each in node.names:
                    self.imported[each.asname or each.name] = f"{node.module}.{each.name}"
            elif isinstance(node, ast.arg):
                bound[node.arg].append(None)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound[node.id].append(None)
        self.values = {
            target.id: node.value
            for node in self.nodes
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and len(bound[target.id]) == 1
        }

    def changes(self) -> Iterator[Change]:
        """Yield each folder that is added, in the order of the syntax tree."""
        for node in self.nodes:
            added, is_first = self._added(node)
            for each in added:
                yield Change(node.lineno, self._folder(each), is_first)

    def _added(self, node: ast.AST) -> tuple[Sequence[ast.expr], bool]:
        """Return the expressions that a node adds to ``sys.path``, and whether at the front."""
        if isinstance(node, ast.Call):
            path, _, method = self._name(node.func).rpartition(".")
            if (path, method) == ("site", "addsitedir"):
                return node.args[:1], False
            if path == "sys.path" and method in _ADDING:
                position, is_first = _ADDING[method]
                given = node.args[position : position + 1]
                return (
                    self._elements(given[0]) if method == "extend" and given else given
                ), is_first
        elif isinstance(node, ast.AugAssign) and self._is_path(node.target):
            return self._elements(node.value), False
        elif isinstance(node, ast.Assign) and any(map(self._is_path, node.targets)):
            return self._elements(node.value), True
        return (), False

    def _elements(self, node: ast.expr) -> list[ast.expr]:
        """Return what a list consists of besides what was in ``sys.path`` before."""
        if self._is_path(node):
            return []
        if isinstance(node, (ast.List, ast.Tuple)):
            return [each for element in node.elts for each in self._elements(element)]
        if isinstance(node, ast.Starred):
            return self._elements(node.value)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            sides = [*self._elements(node.left), *self._elements(node.right)]
            # The sum of texts is one folder.
            return sides if {node.left, node.right}.isdisjoint(sides) else [node]
        return [node]

    def _is_path(self, node: ast.expr) -> bool:
        node = node.value if isinstance(node, ast.Subscript) else node
        return not isinstance(getattr(node, "ctx", None), ast.Del) and (
            self._name(node) == "sys.path"
        )

    def _name(self, node: ast.expr) -> str:
        """Return what a name with its attributes stands for, such as ``os.path.join``."""
        first, dot, rest = dotted(node).partition(".")
        value = dotted(self.values[first]) if first in self.values else ""
        first = value or first
        top, inner, attributes = first.partition(".")
        return f"{self.imported.get(top, top)}{inner}{attributes}{dot}{rest}"

    def _folder(self, node: ast.expr) -> str | None:
        try:
            return os.path.abspath(self._value(node))
        except (AttributeError, IndexError, RecursionError, TypeError, ValueError):
            return None

    def _value(self, node: ast.expr) -> Any:
        """Compute an expression of paths; a ValueError if it is anything else."""
        name = self._name(node)
        if name == "__file__":
            return self.file
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if isinstance(node, ast.Name):
            if node.id in self.values:
                return self._value(self.values[node.id])
        elif isinstance(node, ast.Constant):
            return node.value
        elif isinstance(node, ast.JoinedStr):
            return "".join(str(self._value(each)) for each in node.values)
        elif isinstance(node, ast.FormattedValue) and not node.format_spec:
            return self._value(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div)):
            left, right = self._value(node.left), self._value(node.right)
            return left + right if isinstance(node.op, ast.Add) else left / right
        elif isinstance(node, ast.Subscript):
            return self._value(node.value)[self._value(node.slice)]
        elif isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES:
            return getattr(self._value(node.value), node.attr)
        elif isinstance(node, ast.Call) and not node.keywords:
            return self._result(node)
        raise ValueError(node)

    def _result(self, call: ast.Call) -> Any:
        given = map(self._value, call.args)
        if function := _FUNCTIONS.get(self._name(call.func)):
            return function(*given)
        if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
            return getattr(self._value(call.func.value), call.func.attr)(*given)
        raise ValueError(call)
