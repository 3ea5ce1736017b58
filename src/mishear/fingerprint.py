"""A hash of a script and of all project code it imports.

Snakemake reruns a job when its ``params`` change but does not look into imported modules. With
this hash among the ``params``, exactly the jobs whose code changed rerun; comments, docstrings,
formatting and modification times make no difference.
"""

import ast
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path


def fingerprint(entry: Path, roots: Sequence[Path], modules: Sequence[str] = ()) -> str:
    """Hash a Python file together with every module it imports, directly or not.

    Parameters
    ----------
    entry
        The script.
    roots
        Folders in which imported modules are looked for; a module found in none of them is a
        library's and is left out.
    modules
        Dotted names of further modules the script will import, such as the one that holds a
        class named in the config.

    Returns
    -------
    str
        Twelve hexadecimal digits, the same on every supported Python version.
    """
    roots = tuple(roots)
    pending = [*_imports_of_file(Path(entry), package=""), *modules]
    hashes = {"": _hash_of_file(Path(entry))}
    while pending:
        module = pending.pop()
        file = _find(module, roots)
        if module in hashes or file is None:
            continue
        hashes[module] = _hash_of_file(file)
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        pending += _imports_of_file(file, package)
        pending.append(module.rpartition(".")[0])
    listing = "\n".join(f"{module} {digest}" for module, digest in sorted(hashes.items()))
    return hashlib.sha256(listing.encode()).hexdigest()[:12]


def _find(module: str, roots: Sequence[Path]) -> Path | None:
    if not module:
        return None
    for root in roots:
        path = root.joinpath(*module.split("."))
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.is_file():
                return candidate
    return None


@cache
def _tree(file: Path) -> ast.Module:
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            node.body = body[1:]
    return tree


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


@cache
def _hash_of_file(file: Path) -> str:
    return hashlib.sha256(repr(_plain(_tree(file))).encode()).hexdigest()


def _plain(node: object) -> object:
    """A syntax tree as nested tuples, without the empty fields that newer Pythons add."""
    if isinstance(node, ast.AST):
        fields = ((name, _plain(value)) for name, value in ast.iter_fields(node))
        return (type(node).__name__, *((n, v) for n, v in fields if v not in (None, ())))
    if isinstance(node, list):
        return tuple(_plain(item) for item in node)
    return (type(node).__name__, repr(node)) if node is not None else None


@cache
def _imports_of_file(file: Path, package: str) -> tuple[str, ...]:
    return tuple(_imports(_tree(file), package))


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            stem = package.split(".")
            stem = stem[: len(stem) - node.level + 1] if node.level else []
            module = ".".join([*stem, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
