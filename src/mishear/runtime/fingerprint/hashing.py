"""Hash a script together with the project code it uses.

Snakemake reruns a job when its ``params`` change but does not look into imported modules. With
this hash among the ``params``, exactly the jobs whose code changed rerun. The hash covers the
functions, classes and variables that the script refers to, directly or through others, and the
files of data that they name. It ignores other code in the same modules, comments, docstrings,
formatting and modification times.

In doubt more code is covered: a name wherever it is mentioned, a class as a whole, and all of a
module whose attributes are not known (``import *``, ``getattr(module, name)``) or that reads its
names by their text (``eval``, ``globals``, ``sys.modules``, ``__globals__``). Statements of a
module that do more than bind names, such as a call at its top level or in the body of a class, are
covered as soon as the module is imported. Where a name is bound twice, or a statement has effects,
the order counts, too. The modules listed in :mod:`mishear.runtime.fingerprint.infrastructure` do
not count.

What is not covered stands in ``docs/reruns.md``. Where it can be told from the code, it is among
:attr:`Code.unseen`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from mishear.runtime.file_hashes import FileHashes
from mishear.runtime.fingerprint.compiled import compiled_files
from mishear.runtime.fingerprint.following import (
    LOADED,
    Part,
    follow,
    named,
    statements_of,
)
from mishear.runtime.fingerprint.import_effects import effects
from mishear.runtime.fingerprint.imports import imports_of, is_in_library, libraries_of
from mishear.runtime.fingerprint.named_files import named_file
from mishear.runtime.fingerprint.resolving import Source, module_of
from mishear.runtime.fingerprint.syntax import Statement
from mishear.runtime.fingerprint.unseen import unseen


@dataclass(frozen=True)
class Code:
    """The code that a script uses.

    Attributes
    ----------
    digest : str
        Twelve hexadecimal digits, the same on every supported Python version.
    libraries : frozenset of str
        Top-level modules found in none of the folders that Mishear's code mentions.
    libraries_of_others : frozenset of str
        Those that other code mentions.
    libraries_of_names : frozenset of str
        Those that the names given belong to.
    parts : frozenset of Part
        All that the digest covers.
    roots : tuple of str
        The folders whose code is followed.
    """

    digest: str
    libraries: frozenset[str]
    libraries_of_others: frozenset[str]
    libraries_of_names: frozenset[str]
    parts: frozenset[Part] = field(repr=False)
    roots: tuple[str, ...]

    @cached_property
    def unseen(self) -> tuple[str, ...]:
        """What code outside Mishear does that the digest does not cover, with file and line."""
        return tuple(sorted(set(unseen(self.parts, self.roots))))

    @cached_property
    def files(self) -> frozenset[str]:
        """The modules outside Mishear that the digest covers, and the files that they name."""
        others = {part for part in self.parts if not part.source.is_own}
        named_there = {path for _, _, path in _data(others, (), self.roots)}
        return frozenset({part.source.path for part in others} | named_there)


def fingerprint(entry: Path, roots: Sequence[Path], names: Sequence[str] = ()) -> str:
    """Return the digest of :func:`read_code`."""
    return read_code(entry, roots, names).digest


def read_code(
    entry: Path,
    roots: Sequence[Path],
    names: Sequence[str] = (),
    hashes: FileHashes | None = None,
) -> Code:
    """Read a Python file together with all code it uses, directly or not.

    Parameters
    ----------
    entry
        The script.
    roots
        Folders in which imported modules are searched; a module found in none of them belongs to
        a library and is left out.
    names
        Dotted paths of modules, classes and functions that the script imports dynamically, such
        as a class named in the config.
    hashes
        What knows the content of files of data.

    Returns
    -------
    Code

    Raises
    ------
    SyntaxError
        If one of the files is not Python.
    """
    folders = tuple(map(str, roots))
    script = Source("", str(entry))
    code = module_of(script)
    begin = [Part(script, name) for name in (LOADED, *code.definitions)]
    seen = follow([*begin, *(part for name in names for part in named(name, folders))], folders)
    used: dict[Source, set[str]] = defaultdict(set)
    libraries: dict[bool, set[str]] = {True: set(), False: set()}
    for part in seen:
        used[part.source].add(part.name.partition(".")[0])
        libraries[part.source.is_own] |= libraries_of(part, folders)
    lines = {line for part in seen for line in _lines(part, folders)}
    lines |= {line for source in used for line in _order(source, used[source], folders)}
    lines |= _contents(_data(seen, names, folders), hashes or FileHashes())
    body = [statement.digest for statement in code.statements]
    return Code(
        hashlib.sha256("\n".join([*body, *sorted(lines)]).encode()).hexdigest()[:12],
        frozenset(libraries[True]),
        frozenset(libraries[False]),
        frozenset(name.partition(".")[0] for name in names if is_in_library(name, folders)),
        frozenset(seen),
        folders,
    )


def hash_of_files(paths: Iterable[Path]) -> str:
    """Compute a hash of the content of files that are not code, in the order of their names."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(paths))).hexdigest()


@cache
def _lines(part: Part, roots: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines by which a part enters the hash."""
    name = part.name.partition(".")[0]
    label = f"{part.source.module} {name}"
    lines = []
    if statements := statements_of(part, roots):
        lines.append(" ".join([label, *(statement.digest for statement in statements)]))
    if targets := module_of(part.source).aliases.get(name):
        imported = " ".join(f"{each.module}:{each.attribute}" for each in targets)
        lines.append(f"{label} = {imported}")
    return tuple(lines)


def _order(source: Source, used: set[str], roots: tuple[str, ...]) -> Iterator[str]:
    """Yield the order of a module's statements that are used, where it may make a difference."""
    code = module_of(source)
    bound = {name: len(code.definitions.get(name, ())) for name in used}
    for statement in code.order:
        if statement.is_import and not statement.acts:
            for name in statement.bound & used:
                bound[name] += 1
    acting = effects(source, roots)
    twice = {name for name, count in bound.items() if count > 1}
    if not twice and not acting:
        return
    ordered = []
    for statement in code.order:
        names = statement.bound & (twice if _is_plain(statement) else used)
        if statement in acting or (names and not _is_plain(statement)):
            ordered.append(statement.digest)
        elif names:
            kind = "import" if statement.is_import else "definition"
            ordered.append(" ".join([kind, *sorted(names)]))
    if len(ordered) > 1:
        yield f"{source.module} in order {' '.join(ordered)}"


def _is_plain(statement: Statement) -> bool:
    """Return whether it is a definition or an import, which nothing before it can change."""
    return statement.is_definition or statement.is_import


def _data(
    seen: set[Part], names: Sequence[str], roots: tuple[str, ...]
) -> set[tuple[str, str, str]]:
    """Return the files that code names, and compiled modules: the module, the name, the path."""
    others = (part for part in seen if not part.source.is_own)
    imports = {*names, *(name for part in others for name in imports_of(part, roots))}
    compiled = {("", name, file) for name in imports for file in compiled_files(name, roots)}
    return compiled | {
        (part.source.module, text, file)
        for part in seen
        for statement in statements_of(part, roots)
        for text in statement.texts
        if (file := named_file(text, part.source, roots))
    }


def _contents(data: set[tuple[str, str, str]], hashes: FileHashes) -> set[str]:
    """Return lines with the content of files."""
    contents = hashes.of_all(file for _, _, file in data)
    return {
        f"{module} reads {text} {content}"
        for (module, text, _), content in zip(data, contents, strict=True)
    }
