"""Write a statement's syntax tree as tokens, and note what in it needs attention.

The tokens leave out comments, docstrings and formatting. Noted are the names and imports in the
statement, texts that may name files, and what the code does that its text alone does not show.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

IMPORTS = (ast.Import, ast.ImportFrom)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_RENAMES = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.arguments)

MARKS = frozenset(("__globals__", "__subclasses__", "__init_subclass__", "eval", "exec", "globals"))
"""Names by which code reaches what it does not mention, as attributes or texts."""

_FILE_NAME = re.compile(r"[^\n\0]{0,200}\.\w{1,12}")
_MODULE_NAME = re.compile(r"\.*\w+([.:]\w+)*|\.+")


@dataclass(frozen=True)
class Scan:
    """A syntax tree written as tokens, with what was noted in it.

    Attributes
    ----------
    tokens : list of str
        The same on every supported Python version.
    mentions : set of str
        Names read or written anywhere, with the attributes taken: ``np.random.seed``.
    imports : list of ast.stmt
        Imports anywhere, in their order.
    given : list of (str, str)
        Functions that are called with a text that may name a module, and the text.
    renames : list of (str, str)
        Plain assignments and defaults of arguments: a name, and the name with attributes it gets.
    marks : set of str
        Those of :data:`MARKS` that stand in it.
    texts : set of str
        Texts that look like names of files; parts joined by ``/`` together.
    """

    tokens: list[str] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    given: list[tuple[str, str]] = field(default_factory=list)
    renames: list[tuple[str, str]] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def add(self, node: object) -> None:
        """Add a node, a list of nodes, or a value."""
        if isinstance(node, list):
            self.tokens.append("[")
            for item in node:
                if not is_text(item):
                    self.add(item)
            self.tokens.append("]")
        elif not isinstance(node, ast.AST):
            self.tokens.append(repr(node))
        elif name := dotted(node):
            self.tokens.append(name)
            self.mentions.add(name)
            self.marks.update(MARKS & set(name.split(".")[1:]))
        else:
            self._note(node)
            self._add_fields(node)

    def _add_fields(self, node: ast.AST) -> None:
        self.tokens.append(f"{type(node).__name__}(")
        for name in node._fields:
            value = getattr(node, name, None)
            # Newer Pythons have more fields, empty where the older ones' code is meant.
            if value is not None and value != []:
                self.tokens.append(name)
                self.add(value)
        self.tokens.append(")")

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, IMPORTS):
            self.imports.append(node)
        elif isinstance(node, ast.Attribute):
            self.marks.update(MARKS & {node.attr})
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._note_text(node.value)
        elif isinstance(node, ast.BinOp):
            self._note_text("/".join(_parts(node)) if isinstance(node.op, ast.Div) else text(node))
        elif isinstance(node, ast.JoinedStr):
            self._note_text(text(node))
        elif isinstance(node, ast.Call):
            self._note_text("/".join(filter(None, map(text, node.args))))
            self._note_call(node)
        if name := attribute(node):
            self.mentions.add(name)
        self._note_names(node)

    def _note_names(self, node: ast.AST) -> None:
        if isinstance(node, FUNCTIONS):
            self.marks.update({"__init_subclass__"} & {node.name})
        for name, value in assigned(node) if isinstance(node, _RENAMES) else ():
            if isinstance(name, ast.Name) and (other := attribute(value)):
                self.renames.append((name.id, other))

    def _note_text(self, found: str | None) -> None:
        if found is not None:
            self.marks.update(MARKS & {found})
            if _FILE_NAME.fullmatch(found):
                self.texts.add(found)

    def _note_call(self, call: ast.Call) -> None:
        name = attribute(call.func)
        if name == "vars" and not call.args:
            self.marks.add("globals")
        if name and (module := named_module(call)):
            self.given.append((name, module))


def is_text(node: object) -> bool:
    """Return whether this is a docstring or another text that nothing uses."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def dotted(node: ast.AST) -> str:
    """Join a name and the attributes taken from it; empty if this is anything else."""
    attributes = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(attributes)]) if isinstance(node, ast.Name) else ""


def attribute(node: ast.AST | None) -> str:
    """Do as :func:`dotted`, also for attributes that are taken by their text.

    These are ``getattr(a, "b")``, ``vars(a)["b"]`` and ``a.__dict__["b"]``.
    """
    if isinstance(node, ast.Name):
        return node.id
    owner, name = None, None
    if isinstance(node, ast.Attribute):
        owner, name = node.value, node.attr
    elif isinstance(node, ast.Call) and dotted(node.func) == "getattr" and len(node.args) > 1:
        owner, name = node.args[0], text(node.args[1])
    elif isinstance(node, ast.Subscript):
        owner, name = _owner(node.value), text(node.slice)
    found = attribute(owner) if owner is not None and name else ""
    return f"{found}.{name}" if found else ""


def _owner(names: ast.AST) -> ast.AST | None:
    """Return of what an expression holds the attributes by their names."""
    if isinstance(names, ast.Attribute) and names.attr == "__dict__":
        return names.value
    if isinstance(names, ast.Call) and dotted(names.func) == "vars" and names.args:
        return names.args[0]
    return None


def text(node: ast.AST | None) -> str | None:
    """Return a text that stands in the code, also in parts that are joined; None for none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    parts: list[str | None] = [None]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [text(node.left), text(node.right)]
    elif isinstance(node, ast.JoinedStr):
        parts = list(map(text, node.values))
    elif isinstance(node, ast.FormattedValue) and node.conversion == -1 and not node.format_spec:
        return text(node.value)
    return None if None in parts else "".join(filter(None, parts))


def named_module(call: ast.Call) -> str | None:
    """Return the text that a call gets first, if it may name a module."""
    names = [each.value for each in call.keywords if each.arg in ("name", "mod_name", "path")]
    first, *others = map(text, [*call.args, *names] or [None])
    if first is None or not _MODULE_NAME.fullmatch(first):
        return None
    package = next(filter(None, others), "") if first.startswith(".") else ""
    return absolute(first, package) if package else first


def absolute(name: str, package: str) -> str:
    """Return the name of a module without the dots by which it refers to a package."""
    module = name.lstrip(".")
    level = len(name) - len(module)
    above = package.split(".")
    above = above[: len(above) - level + 1] if level else []
    return ".".join([*above, *([module] if module else [])])


def assigned(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield what a node assigns to, with the value: names, attributes and arguments."""
    if isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr, ast.AugAssign)) and node.value:
        pairs = [(node.target, node.value)]
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        pairs = [(node.target, node.iter)]
    elif isinstance(node, ast.withitem) and node.optional_vars:
        pairs = [(node.optional_vars, node.context_expr)]
    elif isinstance(node, ast.arguments):
        pairs = _defaults(node)
    else:
        pairs = []
    for target, value in pairs:
        yield from _paired(target, value)


def _defaults(node: ast.arguments) -> list[tuple[ast.AST, ast.AST]]:
    plain = [*node.posonlyargs, *node.args]
    last = plain[len(plain) - len(node.defaults) :]
    pairs = [(last, node.defaults), (node.kwonlyargs, node.kw_defaults)]
    return [
        (ast.Name(each.arg), value)
        for names, values in pairs
        for each, value in zip(names, values, strict=True)
        if value is not None
    ]


def _paired(target: ast.AST, value: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    if not isinstance(target, (ast.Tuple, ast.List)):
        yield target, value
        return
    values = [value] * len(target.elts)
    if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
        values = value.elts
    for each in zip(target.elts, values, strict=True):
        yield from _paired(*each)


def _parts(node: ast.AST) -> list[str]:
    """Return the texts at the end of a path that is joined by ``/``."""
    parts: list[str] = []
    while isinstance(node, ast.BinOp) and (part := text(node.right)) is not None:
        parts.insert(0, part)
        node = node.left
    return [*filter(None, [text(node)]), *parts]
