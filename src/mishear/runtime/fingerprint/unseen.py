"""Find what code does that the hash of the code does not cover.

What is called or taken is compared by its full name, however it was imported or renamed.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mishear.runtime.fingerprint.following import (
    LOADED,
    WHOLE,
    Part,
    imported,
    named_parts,
    statements_of,
)
from mishear.runtime.fingerprint.named_files import named_file
from mishear.runtime.fingerprint.resolving import (
    FILE_IMPORTERS,
    IMPORTERS,
    Source,
    full_names,
    module_of,
)
from mishear.runtime.fingerprint.scanning import (
    FUNCTIONS,
    Scan,
    assigned,
    attribute,
    is_text,
    named_module,
    text,
)
from mishear.runtime.fingerprint.syntax import Statement

LISTS = "lists the files of a folder, so which there are does not count"
READS = "reads a file that the code does not name, so its content does not count"
IMPORTS_BY_TEXT = (
    "imports a module by its file or by a name built at run time, so its code does not count"
)
RUNS_TEXT = "runs code that is built at run time, which does not count"
STARTS = "starts another program, whose code does not count"
ENVIRONMENT = "reads an environment variable, which does not count"

_ALWAYS = {
    ENVIRONMENT: re.compile(r"os\.(environb?|getenvb?)\b.*|(os\.path|posixpath)\.expandvars"),
    STARTS: re.compile(
        r"(subprocess|multiprocessing|ctypes|_ctypes|cffi|pexpect)\..*|numpy\.ctypeslib\..*"
        r"|os\.(system|popen|exec[lv]\w*|spawn[lv]\w*|posix_spawnp?|startfile|fork\w*)"
        r"|asyncio\.create_subprocess_\w+|pty\.spawn"
        r"|torch\.(ops\.load_library|utils\.cpp_extension\.load\w*)"
    ),
    LISTS: re.compile(r"os\.(listdir|scandir|f?walk)|(.*\.)?(i?glob|rglob|iterdir)"),
    IMPORTS_BY_TEXT: FILE_IMPORTERS,
}
"""Full names by what they do, whatever they are given."""

_RUNNERS = frozenset(("builtins.eval", "builtins.exec"))
_OPENERS = frozenset(("File", "SoundFile", "TarFile", "ZipFile", "memmap", "open"))
"""What may also write; then the second argument says so."""

_READERS = frozenset(
    ("fromfile", "from_pretrained", "genfromtxt", "hf_hub_download", "imread", "load_dataset")
    + ("load_file", "load_npz", "load_state_dict_from_url", "loadmat", "loadtxt", "memmap", "open")
    + ("read_bytes", "read_csv", "read_json", "read_parquet", "read_pickle", "read_text")
    + ("safe_open", "snapshot_download", "urlopen", "urlretrieve")
)
"""What reads files, whatever it belongs to."""

_READS = re.compile(
    r"(jax|joblib|librosa|numpy|torch|torchaudio)\.(\w+\.)*load"
    r"|(pandas|polars|pyarrow)\.(\w+\.)*(read|scan)_\w+"
    r"|(scipy|soundfile)\.(\w+\.)*(blocks|read|SoundFile)"
    r"|h5py\.(\w+\.)*File|onnxruntime\.(\w+\.)*InferenceSession|sqlite3\.connect"
    r"|zipfile\.ZipFile|tarfile\.TarFile|pkgutil\.get_data|(httpx|requests)\.get"
)
"""Full names of other functions and classes that read files."""

_SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef)

_Local = Mapping[str, list[ast.AST]]
"""What the names in a function are given; attributes begin with a dot."""


def unseen(parts: Iterable[Part], roots: tuple[str, ...]) -> Iterator[str]:
    """Yield what code outside Mishear does that its hash does not cover, with file and line."""
    places = {
        (part.source, module_of(part.source).order.index(statement))
        for part in parts
        if not part.source.is_own and part.name != WHOLE
        for statement in statements_of(part, roots)
    }
    for source, place in places:
        for line, what in _of_statement(place, source, roots):
            yield f"{source.path}:{line} {what}"


def _of_statement(place: int, source: Source, roots: tuple[str, ...]) -> Iterable[tuple[int, str]]:
    statement = module_of(source).order[place]
    node = _nodes(source)[place]
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and attribute(node.value):
        return ()  # It only gives something another name, which is known where that is used.
    return _Search(statement, source, roots).look(node, _given(node))


@cache
def _nodes(source: Source) -> list[ast.stmt]:
    tree = ast.parse(Path(source.path).read_bytes())
    return [node for node in tree.body if not is_text(node)]


@dataclass(frozen=True)
class _Search:
    """Search a statement for what its hash does not cover."""

    statement: Statement
    source: Source
    roots: tuple[str, ...]

    def look(self, node: ast.AST, local: _Local) -> Iterator[tuple[int, str]]:
        """Yield lines of a node, and what is done there."""
        if isinstance(node, _SCOPES):
            local = {**local, **_given(node)}
        name = attribute(node)
        found = self._done_by(name) if name else None
        if found is None and isinstance(node, ast.Call):
            found = self._done_by_call(node, local)
        if found is not None:
            yield node.lineno, found
        if isinstance(node, (ast.Name, ast.Attribute)) and name:
            return
        for field, value in ast.iter_fields(node):
            # A call of a function says more than its name, and an annotation runs nothing.
            if field not in ("annotation", "returns") and not (
                field == "func" and attribute(value)
            ):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        yield from self.look(child, local)

    def _done_by(self, name: str) -> str | None:
        """Return what a function may do that is not called here."""
        for full in self._full(name):
            if full.rpartition(".")[2][:1].isupper():  # A class or a constant.
                continue
            if (what := _done_always(full)) is not None:
                return what
            if full in IMPORTERS:
                return IMPORTS_BY_TEXT
            if full in _RUNNERS:
                return RUNS_TEXT
            if _may_read(full):
                return READS
        return None

    def _done_by_call(self, call: ast.Call, local: _Local) -> str | None:
        """Return what a call does."""
        called = self._full(attribute(call.func)) or {f".{_last(call.func)}"}
        for full in called:
            if (what := _done_always(full)) is not None:
                return what
        if called & IMPORTERS:
            return IMPORTS_BY_TEXT if named_module(call) is None else None
        if called & _RUNNERS:
            return RUNS_TEXT if not call.args or text(call.args[0]) is None else None
        reads = any(_may_read(full) and not _writes(call, full) for full in called)
        return READS if reads and not self._names_file(call, local) else None

    def _full(self, name: str) -> frozenset[str]:
        return full_names(name, self.statement, self.source, self.roots) if name else frozenset()

    def _names_file(self, call: ast.Call, local: _Local) -> bool:
        """Return whether a call, or a variable in it, names a file that is there."""
        pending: list[ast.AST] = [call]
        seen: set[str] = set()
        while pending:
            scan = Scan()
            scan.add(pending.pop())
            if any(named_file(each, self.source, self.roots) for each in scan.texts):
                return True
            for name in scan.mentions - seen:
                seen.add(name)
                first, *rest = name.split(".")
                for key in (first, *(f".{each}" for each in rest)):
                    pending += local.get(key, ())
                parts = named_parts(name, self.statement, self.source, self.roots)
                if first not in local and _name_file(parts, self.roots):
                    return True
        return False


def _name_file(parts: Iterable[Part], roots: tuple[str, ...]) -> bool:
    """Return whether variables, or those that they are made of, name a file that is there."""
    pending, seen = list(parts), set()
    while pending:
        part = pending.pop()
        if part in seen or part.name in (LOADED, WHOLE):
            continue
        seen.add(part)
        first, _, attributes = part.name.partition(".")
        for target in module_of(part.source).aliases.get(first, ()):
            pending += imported(target, attributes, roots)
        for statement in statements_of(part, roots):
            if any(named_file(each, part.source, roots) for each in statement.texts):
                return True
            for name in () if statement.is_definition else statement.mentions:
                pending += named_parts(name, statement, part.source, roots)
    return False


def _done_always(full: str) -> str | None:
    return next((what for what, names in _ALWAYS.items() if names.fullmatch(full)), None)


def _may_read(full: str) -> bool:
    return full.rpartition(".")[2] in _READERS or _READS.fullmatch(full) is not None


def _writes(call: ast.Call, full: str) -> bool:
    if full.rpartition(".")[2] not in _OPENERS:
        return False
    given = [*call.args[:2], *(each.value for each in call.keywords if each.arg == "mode")]
    modes = (text(each) or "" for each in given)
    return any(re.fullmatch("[rwaxbt+]+", each) and set("wax") & set(each) for each in modes)


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _given(scope: ast.AST) -> dict[str, list[ast.AST]]:
    """Return what the names in a scope are given."""
    arguments = getattr(scope, "args", None)
    names = ast.walk(arguments) if isinstance(arguments, ast.arguments) else ()
    found: dict[str, list[ast.AST]] = defaultdict(list)
    found.update((each.arg, []) for each in names if isinstance(each, ast.arg))
    inner = set(_inner(scope))
    for node in ast.walk(scope) if isinstance(scope, ast.ClassDef) else inner:
        for target, value in assigned(node):
            if isinstance(target, ast.Attribute):
                found[f".{target.attr}"].append(value)
            elif isinstance(target, ast.Name) and node in inner:
                found[target.id].append(value)
                if isinstance(scope, ast.ClassDef):
                    found[f".{target.id}"].append(value)
    return dict(found)


def _inner(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a scope, without those of the scopes in it."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, _SCOPES):
            yield from _inner(node)
