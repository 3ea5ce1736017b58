"""Edited code: every job that executed what was edited would run again.

What jobs execute is not read from the code but noted while they run: each script of a finished
study was preceded by a hook that notes the functions called, the modules imported and the files
opened. What is called while a module is imported is left out, since a job may not need what it
gives, and so is what the modules of :mod:`mishear.runtime.infrastructure` call.

Edits of many kinds are then made in what was noted, one at a time. Each is one that Python does not
notice, so that the study can still be planned, but that could have changed every number.
"""

import ast
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mishear.runtime.infrastructure import INFRASTRUCTURE
from tests import warm_snakemake
from tests.projects import Project, by_names, new_project
from tests.soak.guarding import ACCEPTED, DIED, WRONG, Outcome
from tests.soak.study import EVERY_RULE

NOTES = "executed"
"""Folder of what each job has noted."""

HOOK = """
import atexit, json, os, sys

def _noting(folder, here, infrastructure):
    functions, files, left_out = set(), set(), []

    def note(frame, event, argument):
        code = frame.f_code
        if event == "call":
            if code.co_name == "<module>" or frame.f_globals.get("__name__") in infrastructure:
                left_out.append(code)
            elif not left_out and code.co_filename.startswith(here):
                functions.add((code.co_filename, code.co_qualname, code.co_names))
        elif event == "return" and left_out and left_out[-1] is code:
            left_out.pop()

    def opened(event, arguments):
        if event == "open" and isinstance(arguments[0], str) and not left_out:
            name = arguments[0]
            if name.startswith(here) and not name.endswith(".py") and "__pycache__" not in name:
                files.add(name)

    def write(job=snakemake):
        sys.setprofile(None)
        modules = [getattr(each, "__file__", None) for each in list(sys.modules.values())]
        noted = {
            "output": str(job.output[0]),
            "functions": sorted(functions),
            "modules": sorted(each for each in modules if each and each.startswith(here)),
            "files": sorted(files),
        }
        with open(os.path.join(folder, f"{os.getpid()}.json"), "w") as file:
            json.dump(noted, file)

    atexit.register(write)
    sys.addaudithook(opened)
    sys.setprofile(note)

_noting(%(folder)r, %(here)r, %(infrastructure)r)
"""


@dataclass(frozen=True)
class Noted:
    """What was noted of a study's jobs, each called by its first output.

    Attributes
    ----------
    functions
        For each function, by its file and qualified name, the jobs that called it.
    names
        For each function the names of its module that it may read.
    modules, files
        For each module and each other file the jobs that imported or opened it.
    """

    functions: Mapping[tuple[str, str], set[str]]
    names: Mapping[tuple[str, str], tuple[str, ...]]
    modules: Mapping[str, set[str]]
    files: Mapping[str, set[str]]


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
    content: str
    where: str
    must: set[str]


@dataclass(frozen=True)
class Function:
    """A function that was called, in the parsed module in which it is defined."""

    file: str
    name: str
    reads: tuple[str, ...]
    jobs: set[str]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(Path(self.file).read_text())

    @property
    def parents(self) -> list[ast.AST]:
        """The module, the classes and functions that contain it, and the function itself."""
        found: list[ast.AST] = [self.tree]
        for part in self.name.replace(".<locals>", "").split("."):
            inner = [each for each in ast.walk(found[-1]) if getattr(each, "name", None) == part]
            if not inner:
                return []
            found.append(inner[-1])
        return found

    @property
    def node(self) -> ast.FunctionDef | None:
        node = self.parents[-1] if self.parents else None
        return node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None

    def edited(self, where: str) -> Edit:
        ast.fix_missing_locations(self.tree)
        return Edit(Path(self.file), ast.unparse(self.tree) + "\n", where, self.jobs)


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


def _class_of(function: Function) -> ast.ClassDef | None:
    classes = [each for each in function.parents if isinstance(each, ast.ClassDef)]
    return classes[-1] if classes and function.node is not None else None


def _attribute(function: Function, draw: random.Random) -> Edit | None:
    found = _class_of(function)
    if found is None:
        return None
    found.body.append(_statement("_edited = 0"))
    return function.edited(f"an attribute of the class of {function.name}")


def _base(function: Function, draw: random.Random) -> Edit | None:
    found = _class_of(function)
    if found is None or not found.bases:
        return None
    found.bases = [_passed_on(found.bases[0]), *found.bases[1:]]
    return function.edited(f"the base of the class of {function.name}")


def _bound(function: Function) -> list[str]:
    """Return the names that the module binds at its top level and that the function reads."""
    bound = set()
    for each in function.tree.body:
        if isinstance(each, ast.Assign):
            bound |= {target.id for target in each.targets if isinstance(target, ast.Name)}
        elif isinstance(each, ast.FunctionDef | ast.ClassDef):
            bound.add(each.name)
        elif isinstance(each, ast.ImportFrom | ast.Import):
            bound |= {alias.asname or alias.name for alias in each.names if "." not in alias.name}
    return sorted(bound & set(function.reads))


def _value(function: Function, draw: random.Random) -> Edit | None:
    """Edit a variable of the module that the function reads."""
    names = _bound(function)
    assigned = [
        each
        for each in function.tree.body
        if isinstance(each, ast.Assign) and {getattr(t, "id", "") for t in each.targets} & {*names}
    ]
    if not assigned:
        return None
    chosen = draw.choice(assigned)
    name = ast.unparse(chosen.targets[0])
    chosen.value = _passed_on(chosen.value)
    return function.edited(f"the value of {name}, which {function.name} reads")


def _binding(function: Function, draw: random.Random) -> Edit | None:
    """Bind a name anew that the function reads: a variable, a function, a class or an import."""
    names = _bound(function)
    if not names:
        return None
    name = draw.choice(names)
    function.tree.body.append(_statement(f"{name} = (lambda each: each)({name})"))
    return function.edited(f"another binding of {name}, which {function.name} reads")


IN_FUNCTIONS: Mapping[str, Callable[[Function, random.Random], Edit | None]] = {
    "body": _body,
    "default": _default,
    "decorator": _decorator,
    "attribute": _attribute,
    "base": _base,
    "value": _value,
    "binding": _binding,
}
"""Edits of what a function consists of or reads."""


def _effect(noted: Noted, draw: random.Random) -> Edit:
    """Add a statement with an effect to a module: all that import it must run again."""
    file = draw.choice(sorted(noted.modules))
    content = Path(file).read_text() + "\nsorted([])\n"
    return Edit(Path(file), content, "a statement of the module", noted.modules[file])


def _data(noted: Noted, draw: random.Random) -> Edit:
    file = draw.choice(sorted(noted.files))
    return Edit(Path(file), Path(file).read_text() + "\n", "the content", noted.files[file])


def _form(noted: Noted, draw: random.Random) -> Edit:
    """Remove comments and change the formatting: nothing must run again."""
    file = draw.choice(sorted(noted.modules))
    return Edit(Path(file), ast.unparse(ast.parse(Path(file).read_text())), "the formatting", set())


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
    while True:
        place = draw.choice(sorted(noted.functions))
        function = Function(*place, noted.names[place], noted.functions[place])
        if edit := IN_FUNCTIONS[kind](function, draw):
            return edit


def read_notes(folder: Path) -> Noted:
    """Read what the jobs of a study have noted."""
    noted = Noted({}, {}, {}, {})
    for path in (folder / NOTES).glob("*.json"):
        each = json.loads(path.read_text())
        job = by_names(each["output"]).removeprefix("results/")
        for file, name, reads in each["functions"]:
            if "<" in name.replace("<locals>", "") or not file.endswith(".py"):
                continue  # a lambda, a comprehension or a template
            noted.functions.setdefault((file, name), set()).add(job)
            noted.names[file, name] = tuple(reads)
        for kind in ("modules", "files"):
            for file in each[kind]:
                getattr(noted, kind).setdefault(file, set()).add(job)
    exempt = [name.replace(".", "/") + ".py" for name in INFRASTRUCTURE]
    for file in [each for each in noted.modules if each.endswith(tuple(exempt))]:
        del noted.modules[file]
    return noted


def finished(folder: Path) -> Project:
    """Return a project in which a study was finished by jobs that noted what they executed."""
    project = new_project(folder, EVERY_RULE)
    (folder / NOTES).mkdir()
    here = f"{folder / 'src'}/"
    settings = {"folder": str(folder / NOTES), "here": here, "infrastructure": set(INFRASTRUCTURE)}
    for script in (folder / "workflow" / "scripts").glob("*.py"):
        script.write_text(HOOK % settings + script.read_text())
    project.run(cold=True)
    return project


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
    edit.file.write_text(edit.content)
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
