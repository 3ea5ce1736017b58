"""Parse a module's top-level statements: the names each binds and mentions, and its hash."""

import ast
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from mishear.runtime.fingerprint.effects import bases, calls, changes, decorators, metaclasses
from mishear.runtime.fingerprint.scanning import FUNCTIONS, IMPORTS, Scan, absolute, is_text

_DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_BLOCKS = (ast.If, ast.Try, ast.TryStar, ast.With, ast.For, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)

_Value = TypeVar("_Value")


class Target(NamedTuple):
    """The target of an import: a module, or an attribute of it."""

    module: str
    attribute: str = ""


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a module.

    Attributes
    ----------
    digest : str
        Hash of the code, the same on every supported Python version.
    mentions : frozenset of str
        Names read or written anywhere in it, with the attributes taken: ``np.random.seed``.
    aliases : mapping of str to tuple of Target
        Names bound by the imports in it, with their targets in order.
    loads : frozenset of str
        Modules that its imports execute.
    given, renames, marks, texts
        See :class:`~mishear.runtime.fingerprint.scanning.Scan`.
    bound : frozenset of str
        Names it binds in the module.
    decorators : frozenset of str
        First names of the decorators and metaclasses; empty for one that begins with none.
    calls : frozenset of str
        What is called when the statement is executed: not in the functions that it defines, but
        in their default arguments and in the bodies of classes.
    changes : bool
        Whether it defines a function that changes something beyond its own variables.
    bases, metaclasses : frozenset of str
        Those of the classes that it defines.
    acts : bool
        Whether it does more than bind names, such as a call that changes something.
    is_definition, is_import : bool
        Whether it is a function or class, and whether it is an import.
    """

    digest: str
    mentions: frozenset[str]
    aliases: Mapping[str, tuple[Target, ...]]
    loads: frozenset[str]
    given: Mapping[str, tuple[str, ...]]
    renames: Mapping[str, tuple[str, ...]]
    marks: frozenset[str]
    texts: frozenset[str]
    bound: frozenset[str]
    decorators: frozenset[str]
    calls: frozenset[str]
    changes: bool
    bases: frozenset[str]
    metaclasses: frozenset[str]
    acts: bool
    is_definition: bool
    is_import: bool

    @classmethod
    def of(cls, node: ast.stmt, package: str) -> "Statement":
        """Read a statement of a module in a package, to which relative imports refer."""
        scan = Scan()
        scan.add(node)
        return cls(
            digest=hashlib.sha256(" ".join(scan.tokens).encode()).hexdigest(),
            mentions=frozenset(scan.mentions),
            aliases=_grouped(alias for found in scan.imports for alias in _aliases(found, package)),
            loads=frozenset(name for found in scan.imports for name in _loads(found, package)),
            given=_grouped(scan.given),
            renames=_grouped(scan.renames),
            marks=frozenset(scan.marks),
            texts=frozenset(scan.texts),
            bound=frozenset(_bound(node)),
            decorators=frozenset(decorators(node)),
            calls=frozenset(calls(node)),
            changes=changes(node),
            bases=frozenset(bases(node)),
            metaclasses=frozenset(metaclasses(node)),
            acts=_acts(node),
            is_definition=isinstance(node, _DEFINITIONS),
            is_import=isinstance(node, IMPORTS),
        )


@dataclass(frozen=True)
class Module:
    """A module's code.

    Attributes
    ----------
    order : tuple of Statement
        All except texts, in their order.
    statements : tuple of Statement
        The same without imports of names; ``import *`` is among them.
    definitions : mapping of str to list of Statement
        The statements that bind or change a name.
    aliases : mapping of str to tuple of Target
        Targets of imported names, in order; imports inside functions belong to the function.
    renames : mapping of str to tuple of str
        Names that are other names of something, by plain assignments.
    loads : frozenset of str
        Modules that importing it executes.
    """

    order: tuple[Statement, ...] = ()
    statements: tuple[Statement, ...] = ()
    definitions: Mapping[str, Sequence[Statement]] = field(default_factory=dict)
    aliases: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)
    renames: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    loads: frozenset[str] = frozenset()

    @classmethod
    def of(cls, statements: Sequence[Statement]) -> "Module":
        """Put a module together from all its statements."""
        definitions: dict[str, list[Statement]] = defaultdict(list)
        executed = [item for item in statements if not item.is_definition]
        rest = tuple(item for item in statements if item.acts or not item.is_import)
        for statement in rest:
            for name in statement.bound:
                definitions[name].append(statement)
        pairs = [
            (name, target)
            for statement in executed
            for name, targets in statement.aliases.items()
            for target in targets
        ]
        loads = frozenset().union(*(statement.loads for statement in executed))
        renames = _grouped(
            (name, other)
            for statement in executed
            for name in statement.bound & statement.renames.keys()
            for other in statement.renames[name]
        )
        return cls(tuple(statements), rest, dict(definitions), _grouped(pairs), renames, loads)


def read_statements(source: bytes, file: str, package: str) -> list[Statement]:
    """Parse the statements at the top level of a module, except texts that nothing uses.

    Parameters
    ----------
    source
        Content of the file.
    file
        Its path, for messages.
    package
        The package it belongs to, or is if it is an ``__init__.py``.

    Raises
    ------
    SyntaxError
        If it is not Python.
    """
    tree = ast.parse(source, filename=file)
    return [Statement.of(node, package) for node in tree.body if not is_text(node)]


def _grouped(
    pairs: Iterable[tuple[str, _Value]],
) -> dict[str, tuple[_Value, ...]]:
    found: dict[str, dict[_Value, None]] = defaultdict(dict)
    for key, value in pairs:
        # What is imported last is what the name means.
        found[key].pop(value, None)
        found[key][value] = None
    return {key: tuple(values) for key, values in found.items()}


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, IMPORTS):
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
    if isinstance(node, (*_BLOCKS, ast.ClassDef)):
        return any(map(_acts, _inner(node)))
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)
    return not isinstance(node, (*FUNCTIONS, ast.Import, ast.Pass))


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


def _stem(node: ast.ImportFrom, package: str) -> str:
    return absolute("." * node.level + (node.module or ""), package)


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
