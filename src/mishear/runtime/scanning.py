"""Write a statement's syntax tree as tokens, and note what in it needs attention.

The tokens leave out comments, docstrings and formatting. Noted are the names and imports in the
statement, texts that may name files, and what the code does that its text alone does not show.
"""

import ast
import re
from dataclasses import dataclass, field

IMPORTS = (ast.Import, ast.ImportFrom)

MARKS = frozenset(("__globals__", "__subclasses__", "__init_subclass__", "eval", "exec", "globals"))
"""Names by which code reaches what it does not mention, as attributes or texts."""

_FILE_NAME = re.compile(r"[^\n\0]{0,200}\.\w{1,12}")
_READERS = frozenset(
    [
        "fromfile",
        "from_pretrained",
        "genfromtxt",
        "hf_hub_download",
        "load_file",
        "loadtxt",
        "memmap",
        "open",
        "read_bytes",
        "read_csv",
        "read_json",
        "read_parquet",
        "read_text",
        "urlopen",
        "urlretrieve",
    ]
)
_READERS_OF = {
    "load": {"joblib", "np", "numpy", "torch", "torchaudio"},
    "read": {"sf", "soundfile"},
    "get": {"requests"},
}
_PROGRAMS = ("subprocess.", "os.system", "os.popen", "ctypes.", "multiprocessing.")
_IMPORTERS = frozenset(("import_module", "__import__", "spec_from_file_location", "run_path"))

READS = "reads a file that the code does not name, so its content does not count"
IMPORTS_BY_TEXT = "imports a module by a name that is built at run time, so its code does not count"
RUNS_TEXT = "runs code that is built at run time, which does not count"
STARTS = "starts another program, whose code does not count"
ENVIRONMENT = "reads an environment variable, which does not count"


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
    modules : set of str
        Modules imported by :func:`importlib.import_module` with their name as it stands.
    marks : set of str
        Those of :data:`MARKS` that stand in it.
    texts : set of str
        Texts that look like names of files; parts joined by ``/`` together.
    unseen : list of (int, str)
        Lines, and what is done there that nothing in the code shows.
    """

    tokens: list[str] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    unseen: list[tuple[int, str]] = field(default_factory=list)

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
            if name.startswith(("os.environ", "os.getenv")):
                self.unseen.append((node.lineno, ENVIRONMENT))
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
        elif isinstance(node, ast.FunctionDef):
            self.marks.update({"__init_subclass__"} & {node.name})
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            self._note_text(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            self._note_text("/".join(_parts(node)))
        elif isinstance(node, ast.Call):
            self._note_text("/".join(filter(None, map(_text, node.args))))
            self._note_call(node)

    def _note_text(self, text: str) -> None:
        self.marks.update(MARKS & {text})
        if _FILE_NAME.fullmatch(text):
            self.texts.add(text)

    def _note_call(self, call: ast.Call) -> None:
        name = dotted(call.func)
        last = call.func.attr if isinstance(call.func, ast.Attribute) else name
        first = _text(call.args[0]) if call.args else None
        if last in _IMPORTERS:
            if first and last in ("import_module", "__import__"):
                self.modules.add(first)
            else:
                self.unseen.append((call.lineno, IMPORTS_BY_TEXT))
        elif name == "vars" and not call.args:
            self.marks.add("globals")
        elif name in ("eval", "exec") and first is None:
            self.unseen.append((call.lineno, RUNS_TEXT))
        elif name.startswith(_PROGRAMS):
            self.unseen.append((call.lineno, STARTS))
        elif _reads(call, name, last):
            self.unseen.append((call.lineno, READS))


def is_text(node: object) -> bool:
    """Return whether this is a docstring or another text that nothing uses."""
    return isinstance(node, ast.Expr) and _text(node.value) is not None


def dotted(node: ast.AST) -> str:
    """Join a name and the attributes taken from it; empty if this is anything else."""
    attributes = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(attributes)]) if isinstance(node, ast.Name) else ""


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _parts(node: ast.AST) -> list[str]:
    """Return the texts at the end of a path that is joined by ``/``."""
    parts: list[str] = []
    while isinstance(node, ast.BinOp) and (part := _text(node.right)) is not None:
        parts.insert(0, part)
        node = node.left
    return [*filter(None, [_text(node)]), *parts]


def _reads(call: ast.Call, name: str, last: str) -> bool:
    if last == "open":
        given = [*call.args[:2], *(each.value for each in call.keywords if each.arg == "mode")]
        return not any(set("wax") & set(_text(each) or "") for each in given if _is_mode(each))
    return last in _READERS or name.partition(".")[0] in _READERS_OF.get(last, ())


def _is_mode(node: ast.AST) -> bool:
    return re.fullmatch("[rwaxbt+]+", _text(node) or "") is not None
