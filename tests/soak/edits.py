"""Edited code: every job that executed what was edited would run again.

Edits of many kinds are made in what the jobs of a study were seen to execute, one at a time, see
:mod:`tests.soak.noting`. Each is one that Python does not notice, so that the study can still be
planned, but that could have changed every number.
"""

import ast
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mishear.runtime.fingerprint.infrastructure import INFRASTRUCTURE
from tests import warm_snakemake
from tests.projects import Project
from tests.soak.guarding import ACCEPTED, DIED, WRONG, Outcome
from tests.soak.noting import Noted, finished, read_notes


@dataclass(frozen=True)
class Edit:
    """An edited file.

    Attributes
    ----------
    file, content
        Which, and what it is then.
    where
        What was edited, for the message.
    must
        The jobs that must run again, by their first outputs.
    """

    file: Path
    content: bytes
    where: str
    must: set[str]


@dataclass(frozen=True)
class Function:
    """A function that was called, in the parsed module in which it is defined."""

    file: str
    name: str
    reads: frozenset[str]
    jobs: set[str]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(Path(self.file).read_text())

    @cached_property
    def within(self) -> list[ast.AST]:
        """The classes and functions that contain it, and the function itself."""
        found: list[ast.AST] = []
        for part in self.name.replace(".<locals>", "").split("."):
            inner = _definitions(found[-1] if found else self.tree)
            named = [each for each in inner if each.name == part]
            if not named:
                return []
            found.append(named[-1])
        return found

    @property
    def node(self) -> ast.FunctionDef | None:
        node = self.within[-1] if self.within else None
        return node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None

    @property
    def owner(self) -> ast.ClassDef | None:
        """The class whose method it is."""
        classes = [each for each in self.within if isinstance(each, ast.ClassDef)]
        return classes[-1] if classes and self.node is not None else None

    @property
    def variables(self) -> dict[str, ast.Assign | ast.AnnAssign]:
        """The variables of the module that the function reads, with what sets them."""
        return {name: each for name, each in _variables(self.tree) if name in self.reads}

    @property
    def imported(self) -> dict[str, str]:
        """The names of other modules of Mishear that the function reads, with the module."""
        return {
            alias.name: each.module
            for each in self.tree.body
            if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("mishear.")
            for alias in each.names
            if (alias.asname or alias.name) in self.reads and each.module not in INFRASTRUCTURE
        }

    def edited(self, where: str) -> Edit:
        ast.fix_missing_locations(self.tree)
        return Edit(Path(self.file), ast.unparse(self.tree).encode(), where, self.jobs)


def _definitions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield what is defined in a module, class or function, but not what is defined in that."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child
        else:
            yield from _definitions(child)


def _variables(node: ast.AST) -> Iterator[tuple[str, ast.Assign | ast.AnnAssign]]:
    """Yield the variables that a module or a class sets, with the statement."""
    for each in node.body:
        if isinstance(each, ast.Assign):
            names = [target.id for target in each.targets if isinstance(target, ast.Name)]
            yield from ((name, each) for name in names)
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.value:
            yield each.target.id, each


def _statement(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _passed_on(value: ast.expr) -> ast.expr:
    """Return an expression for the same value that might be another one."""
    return ast.Call(_expression("(lambda each: each)"), [value], [])


def _body(function: Function, draw: random.Random) -> Edit | None:
    if function.node is None:
        return None
    first = 1 if ast.get_docstring(function.node) is not None else 0
    function.node.body.insert(first, _statement("_edited = 0"))
    return function.edited(f"the body of {function.name}")


def _default(function: Function, draw: random.Random) -> Edit | None:
    if function.node is None:
        return None
    function.node.args.kwonlyargs.append(ast.arg("_edited"))
    function.node.args.kw_defaults.append(ast.Constant(0))
    return function.edited(f"a default of {function.name}")


def _decorator(function: Function, draw: random.Random) -> Edit | None:
    if function.node is None:
        return None
    function.node.decorator_list.append(_expression("(lambda each: each)"))
    return function.edited(f"a decorator of {function.name}")


def _attribute(function: Function, draw: random.Random) -> Edit | None:
    if function.owner is None:
        return None
    function.owner.body.append(_statement("_edited = 0"))
    return function.edited(f"an attribute of the class of {function.name}")


def _field(function: Function, draw: random.Random) -> Edit | None:
    """Edit the value of a field or another variable of the class."""
    fields = dict(_variables(function.owner)) if function.owner else {}
    if not fields:
        return None
    name = draw.choice(sorted(fields))
    fields[name].value = _passed_on(fields[name].value)
    return function.edited(f"the value of {name} in the class of {function.name}")


def _base(function: Function, draw: random.Random) -> Edit | None:
    found = function.owner
    if found is None or not found.bases:
        return None
    found.bases = [_passed_on(found.bases[0]), *found.bases[1:]]
    return function.edited(f"the base of the class of {function.name}")


def _value(function: Function, draw: random.Random) -> Edit | None:
    """Edit a variable of the module that the function reads."""
    if not function.variables:
        return None
    name = draw.choice(sorted(function.variables))
    statement = function.variables[name]
    statement.value = _passed_on(statement.value)
    return function.edited(f"the value of {name}, which {function.name} reads")


def _binding(function: Function, draw: random.Random) -> Edit | None:
    """Bind a name anew that the function reads: a variable, a function, a class or an import."""
    bound = {name for name, _ in _variables(function.tree)}
    bound |= {each.name for each in _definitions(function.tree)}
    for each in function.tree.body:
        if isinstance(each, ast.ImportFrom | ast.Import):
            bound |= {alias.asname or alias.name for alias in each.names if "." not in alias.name}
    names = sorted(bound & function.reads)
    if not names:
        return None
    name = draw.choice(names)
    function.tree.body.append(_statement(f"{name} = (lambda each: each)({name})"))
    return function.edited(f"another binding of {name}, which {function.name} reads")


def _imported(function: Function, draw: random.Random) -> Edit | None:
    """Edit what the function reads of another module, where it is defined."""
    if not function.imported:
        return None
    name = draw.choice(sorted(function.imported))
    module = function.imported[name]
    (root,) = (each for each in Path(function.file).parents if each.name == "src")
    file = (root / module.replace(".", "/")).with_suffix(".py")
    if not file.is_file():  # a module of a package
        return None
    tree = ast.parse(file.read_text())
    variables = dict(_variables(tree))
    if name in variables:
        variables[name].value = _passed_on(variables[name].value)
    else:
        tree.body.append(_statement(f"{name} = (lambda each: each)({name})"))
    ast.fix_missing_locations(tree)
    where = f"{name}, which {function.name} of {Path(function.file).name} reads,"
    return Edit(file, ast.unparse(tree).encode(), where, function.jobs)


IN_FUNCTIONS: Mapping[str, Callable[[Function, random.Random], Edit | None]] = {
    "body": _body,
    "default": _default,
    "decorator": _decorator,
    "attribute": _attribute,
    "field": _field,
    "base": _base,
    "value": _value,
    "binding": _binding,
    "imported": _imported,
}
"""Edits of what a function consists of or reads."""


def _effect(noted: Noted, draw: random.Random) -> Edit:
    """Add a statement with an effect to a module: all that import it must run again."""
    file = draw.choice(sorted(noted.modules))
    content = Path(file).read_bytes() + b"\nsorted([])\n"
    return Edit(Path(file), content, "a statement of the module", noted.modules[file])


def _data(noted: Noted, draw: random.Random) -> Edit:
    file = draw.choice(sorted(noted.files))
    return Edit(Path(file), Path(file).read_bytes() + b"\n", "the content", noted.files[file])


def _form(noted: Noted, draw: random.Random) -> Edit:
    """Remove comments and change the formatting: nothing must run again."""
    file = draw.choice(sorted(noted.modules))
    content = ast.unparse(ast.parse(Path(file).read_text())).encode()
    return Edit(Path(file), content, "the formatting", set())


IN_FILES: Mapping[str, Callable[[Noted, random.Random], Edit]] = {
    "effect": _effect,
    "data": _data,
    "form": _form,
}
"""Edits of files as a whole."""


def edited(kind: str, noted: Noted, draw: random.Random) -> Edit:
    """Return an edit of a kind, in a place that is drawn."""
    if kind in IN_FILES:
        return IN_FILES[kind](noted, draw)
    for _ in range(10_000):
        place = draw.choice(sorted(noted.functions))
        function = Function(*place, frozenset(noted.names[place]), noted.functions[place])
        if edit := IN_FUNCTIONS[kind](function, draw):
            return edit
    raise AssertionError(f"no function that was called has {kind}")


def edited_code(folder: Path, seed: int, first: int, count: int, end: float) -> Iterator[Outcome]:
    """Make one edit after the other in the code of the same finished study."""
    warm_snakemake.share_among_workers()
    project = finished(folder / "edited")
    noted = read_notes(project.folder)
    for number in range(first, first + count):
        if time.monotonic() > end:
            return
        begin = time.monotonic()
        draw = random.Random(f"edits {seed} {number}")
        edit = edited(draw.choice([*IN_FUNCTIONS, *IN_FILES]), noted, draw)
        verdict, said = _compared(project, edit)
        yield Outcome("edits", number, verdict, said, time.monotonic() - begin)


def _compared(project: Project, edit: Edit) -> tuple[str, str]:
    """Make an edit, compare what must run with what would run, and take the edit back."""
    before = edit.file.read_bytes()
    where = f"{edit.where} in {edit.file.relative_to(project.folder)}"
    edit.file.write_bytes(edit.content)
    try:
        would = project.planned()
    except AssertionError as error:
        return DIED, f"{where}: {error}"
    finally:
        edit.file.write_bytes(before)
    if missing := edit.must - would:
        return WRONG, f"{where}: {len(missing)} jobs executed it and do not run: {sorted(missing)}"
    if not edit.must and would:
        return WRONG, f"{where}: {len(would)} jobs run needlessly: {sorted(would)}"
    kinds = Counter(job.split("/")[0] for job in would)
    counts = ", ".join(f"{number} in {kind}" for kind, number in sorted(kinds.items()))
    return ACCEPTED, f"{where}: {len(edit.must)} jobs executed it, {len(would)} run ({counts})"
