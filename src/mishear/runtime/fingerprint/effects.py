"""Tell what a statement calls when it is executed, and which functions change more than their own.

A call that registers something counts even if nothing uses its result.
"""

import ast
from collections.abc import Iterator

from mishear.runtime.fingerprint.scanning import FUNCTIONS, dotted

_DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
_SETTERS = frozenset(("setattr", "delattr"))
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
    yield from (name.partition(".")[0] for name in metaclasses(node))


def metaclasses(node: ast.AST) -> Iterator[str]:
    """Yield the metaclasses of the classes that are defined when a statement is executed."""
    for each in _executed(node):
        if isinstance(each, ast.ClassDef):
            yield from (_name(key.value) for key in each.keywords if key.arg == "metaclass")


def bases(node: ast.AST) -> Iterator[str]:
    """Yield the bases of the classes that are defined when a statement is executed."""
    for each in _executed(node):
        if isinstance(each, ast.ClassDef):
            yield from map(_name, each.bases)


def calls(node: ast.AST) -> Iterator[str]:
    """Yield what is called when a statement is executed, by names with their attributes."""
    for each in _executed(node):
        if isinstance(each, ast.Call):
            yield _name(each.func)


def changes(node: ast.AST) -> bool:
    """Tell whether a statement defines a function that changes something beyond its variables."""
    return any(isinstance(each, FUNCTIONS) and _reaches_out(each) for each in ast.walk(node))


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node with those in it that are executed with it, and not when it is called."""
    yield node
    inner: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, FUNCTIONS):
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
        elif isinstance(each, ast.Call) and dotted(each.func) in _SETTERS and each.args:
            changed = _first_name(each.args[0])
        else:
            continue
        if changed and changed not in own:
            return True
    return False


def _name(node: ast.AST) -> str:
    """Return the name with attributes that an expression begins with: ``a.b`` for ``a.b()[0]``."""
    while not (name := dotted(node)) and isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return name


def _first_name(node: ast.AST) -> str:
    return _name(node).partition(".")[0]
