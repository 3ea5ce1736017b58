"""Tell what a statement calls when it is executed, and which functions change more than their own.

A call that registers something counts even if nothing uses its result.
"""

import ast
from collections.abc import Iterator

from mishear.runtime.scanning import dotted

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
MUTATORS = frozenset(
    ("add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem")
    + ("register", "remove", "reverse", "setdefault", "sort", "update", "__setitem__")
)
"""Methods that change what they are called on."""


def decorators(node: ast.AST) -> Iterator[str]:
    """Yield the first names of all decorators and metaclasses that are executed with a statement.

    A decorator that begins with no name yields an empty one.
    """
    for each in _executed(node):
        if isinstance(each, _DEFINITIONS):
            yield from map(_first_name, each.decorator_list)
        if isinstance(each, ast.ClassDef):
            yield from (_first_name(key.value) for key in each.keywords if key.arg == "metaclass")


def calls(node: ast.AST) -> Iterator[str]:
    """Yield what is called when a statement is executed, by names with their attributes."""
    for each in _executed(node):
        if isinstance(each, ast.Call):
            yield dotted(each.func) or _first_name(each.func)


def changes(node: ast.AST) -> bool:
    """Tell whether a statement defines a function that changes something beyond its variables."""
    return any(isinstance(each, _FUNCTIONS) and _reaches_out(each) for each in ast.walk(node))


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node with those in it that are executed with it, and not when it is called."""
    yield node
    inner: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, _FUNCTIONS):
        inner = [node.args, *node.decorator_list]
    elif isinstance(node, ast.Lambda):
        inner = [node.args]
    for child in inner:
        yield from _executed(child)


def _reaches_out(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    nodes = list(ast.walk(function))
    own = {each.arg for each in nodes if isinstance(each, ast.arg)}
    stored = (ast.Store, ast.Del)
    own |= {
        each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, stored)
    }
    for each in nodes:
        if isinstance(each, ast.Global):
            return True
        if isinstance(each, (ast.Attribute, ast.Subscript)) and isinstance(each.ctx, stored):
            changed = _first_name(each)
        elif isinstance(each, ast.Call) and getattr(each.func, "attr", None) in MUTATORS:
            changed = _first_name(each.func)
        else:
            continue
        if changed and changed not in own:
            return True
    return False


def _first_name(node: ast.AST) -> str:
    """Return the name that an expression begins with: ``a`` for ``a.b()["c"]``; empty for none."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
