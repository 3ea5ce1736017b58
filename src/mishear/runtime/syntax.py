"""Parse a module's top-level statements: the names each binds and mentions, and its hash."""

import ast
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_BLOCKS = (ast.If, ast.Try, ast.TryStar, ast.With, ast.For, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_IMPORTS = (ast.Import, ast.ImportFrom)


class Target(NamedTuple):
    """The target of an import: a module, or an attribute of it."""

    module: str
    attribute: str = ""


@dataclass(frozen=True)
class _Scan:
    """A syntax tree written as tokens, with the names and imports in it."""

    tokens: list[str] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)

    def add(self, node: object) -> None:
        if isinstance(node, list):
            self.tokens.append("[")
            for item in node:
                if not _is_text(item):
                    self.add(item)
            self.tokens.append("]")
        elif not isinstance(node, ast.AST):
            self.tokens.append(repr(node))
        elif name := _dotted(node):
            self.tokens.append(name)
            self.mentions.add(name)
        else:
            self._add_fields(node)
            if isinstance(node, _IMPORTS):
                self.imports.append(node)

    def _add_fields(self, node: ast.AST) -> None:
        self.tokens.append(f"{type(node).__name__}(")
        for name in node._fields:
            value = getattr(node, name, None)
            # Newer Pythons have more fields, empty where the older ones' code is meant.
            if value is not None and value != []:
                self.tokens.append(name)
                self.add(value)
        self.tokens.append(")")


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a module.

    Attributes
    ----------
    node : ast.stmt
    package : str
        Package of the module, to which relative imports refer.
    """

    node: ast.stmt
    package: str

    @cached_property
    def digest(self) -> str:
        """Hash of the code, the same on every supported Python version."""
        return hashlib.sha256(" ".join(self._scan.tokens).encode()).hexdigest()

    @property
    def mentions(self) -> set[str]:
        """Names read or written anywhere in it, with the attributes taken: ``np.random.seed``."""
        return self._scan.mentions

    @cached_property
    def aliases(self) -> Mapping[str, set[Target]]:
        """Names bound by the imports in it, with their targets."""
        return _grouped(
            alias for node in self._scan.imports for alias in _aliases(node, self.package)
        )

    @cached_property
    def loads(self) -> set[str]:
        """Modules that its imports execute."""
        return {name for node in self._scan.imports for name in _loads(node, self.package)}

    @cached_property
    def bound(self) -> set[str]:
        """Names it binds in the module."""
        return set(_bound(self.node))

    @cached_property
    def acts(self) -> bool:
        """Whether it does more than bind names, such as a call that changes something."""
        return _acts(self.node)

    @cached_property
    def decorators(self) -> set[str]:
        """Names of the decorators; empty for one that is not a name or a call of one."""
        return set(_decorators(self.node))

    @cached_property
    def _scan(self) -> _Scan:
        scan = _Scan()
        scan.add(self.node)
        return scan


@dataclass(frozen=True)
class Module:
    """A module's code.

    Attributes
    ----------
    statements : tuple of Statement
        All except texts and imports of names, in their order; ``import *`` is among them.
    definitions : mapping of str to list of Statement
        The statements that bind or change a name.
    aliases : mapping of str to set of Target
        Targets of imported names; imports inside functions belong to the function.
    loads : set of str
        Modules that importing it executes.
    """

    statements: tuple[Statement, ...] = ()
    definitions: Mapping[str, list[Statement]] = field(default_factory=dict)
    aliases: Mapping[str, set[Target]] = field(default_factory=dict)
    loads: set[str] = field(default_factory=set)


def read_module(file: Path, package: str) -> Module:
    """Parse a Python file.

    Parameters
    ----------
    file
        Its path.
    package
        The package it belongs to, or is if it is an ``__init__.py``.

    Raises
    ------
    SyntaxError
        If it is not Python.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    statements = [Statement(node, package) for node in tree.body if not _is_text(node)]
    definitions: dict[str, list[Statement]] = defaultdict(list)
    executed = [item for item in statements if not isinstance(item.node, _DEFINITIONS)]
    rest = tuple(item for item in statements if item.acts or not isinstance(item.node, _IMPORTS))
    for statement in rest:
        for name in statement.bound:
            definitions[name].append(statement)
    return Module(
        statements=rest,
        definitions=dict(definitions),
        aliases=_grouped(
            (name, target)
            for statement in executed
            for name, targets in statement.aliases.items()
            for target in targets
        ),
        loads=set().union(*(statement.loads for statement in executed)),
    )


def _grouped(pairs: Iterable[tuple[str, Target]]) -> dict[str, set[Target]]:
    found = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return dict(found)


def _is_text(node: object) -> bool:
    """Return whether this is a docstring or another text that nothing uses."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _dotted(node: ast.AST) -> str:
    """Join a name and the attributes taken from it; empty if this is anything else."""
    attributes = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(attributes)]) if isinstance(node, ast.Name) else ""


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, _IMPORTS):
        yield from (name for name, _ in _aliases(node, ""))
    elif isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif not isinstance(node, _COMPREHENSIONS):
        for child in ast.iter_child_nodes(node):
            yield from _bound(child)


def _acts(node: ast.stmt) -> bool:
    if isinstance(node, _ASSIGNMENTS):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(part, (ast.Attribute, ast.Subscript)) for part in _flat(targets))
    if isinstance(node, ast.ImportFrom):
        return node.names[0].name == "*"
    if isinstance(node, _BLOCKS):
        return any(map(_acts, _inner(node)))
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return not isinstance(node, (*_DEFINITIONS, ast.Import, ast.Pass))


def _flat(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            yield from _flat(target.elts)
        else:
            yield target.value if isinstance(target, ast.Starred) else target


def _inner(block: ast.stmt) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(block):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, ast.ExceptHandler):
            yield from child.body


def _decorators(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, _DEFINITIONS):
        for decorator in node.decorator_list:
            yield _dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
    elif isinstance(node, _BLOCKS):
        for statement in _inner(node):
            yield from _decorators(statement)


def _stem(node: ast.ImportFrom, package: str) -> str:
    """Return the module of a ``from`` import as an absolute name."""
    above = package.split(".")
    above = above[: len(above) - node.level + 1] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])


def _aliases(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, Target]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, Target(_stem(node, package), alias.name)
        elif alias.asname:
            yield alias.asname, Target(alias.name)
        else:
            top = alias.name.partition(".")[0]
            yield top, Target(top)


def _loads(node: ast.Import | ast.ImportFrom, package: str) -> Iterator[str]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield f"{_stem(node, package)}.{alias.name}"
        else:
            yield alias.name
