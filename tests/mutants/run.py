"""Make known mistakes in a copy of the code, one at a time, and see whether a test notices.

``python -m tests.mutants.run`` makes all of ``mutants.toml``; names given to it choose some.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
MUTANTS = Path(__file__).with_name("mutants.toml")
COPIED = ["src", "tests", "workflow", "config", "Snakefile", "pyproject.toml"]
SECONDS = 600
"""After which the tests of a mutant that do not end have noticed it."""
SECONDS_OF_ALL = 3600
"""After which the tests of all mutants, without any, count as not passed."""
PASSED, FAILED = 0, 1
"""What pytest returns where all tests passed, and where some failed."""


class DoesNotApply(Exception):
    """The code is no longer what a mutant was written for."""


@dataclass(frozen=True)
class Mutant:
    """A mistake in the code.

    Attributes
    ----------
    name, says : str
        What it is called, and what is wrong with it.
    file : str
        The module, a path in ``src/mishear``.
    old, new : str
        The code as it is, which occurs once in the module, and as it must not be.
    tests : list of str
        Where the tests are that notice, paths in ``tests/unit``.
    """

    name: str
    says: str
    file: str
    old: str
    new: str
    tests: list[str]

    def applied(self, code: str) -> str:
        """Return a module's code with the mistake in it.

        Raises
        ------
        DoesNotApply
            If the code to replace does not occur exactly once.
        """
        found = code.count(self.old)
        if found != 1:
            raise DoesNotApply(
                f"{self.name}: src/mishear/{self.file} has the following {found} times instead of "
                f"once. Adapt the mutant in {MUTANTS.relative_to(REPOSITORY)}.\n{self.old}"
            )
        return code.replace(self.old, self.new)


def read_mutants(path: Path = MUTANTS) -> list[Mutant]:
    """Read the mutants of a file."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Mutant(name, **table) for name, table in tables.items()]


def copy_project(folder: Path) -> None:
    """Copy what unit tests need into an empty folder."""
    for name in COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)


def run_tests(folder: Path, tests: Iterable[str], seconds: float = SECONDS) -> tuple[int, str]:
    """Run unit tests of a copy until one fails; return pytest's exit code and what it printed."""
    paths = [f"tests/unit/{test}" for test in tests]
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *paths]
    # The copy's own src is what pyproject.toml puts first.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return FAILED, f"no end after {seconds} s"
    return done.returncode, done.stdout + done.stderr


def survives(mutant: Mutant, folder: Path) -> bool:
    """Return whether the tests of a mutant pass in a copy of the project with it.

    Raises
    ------
    RuntimeError
        If the tests cannot be run with it.
    """
    module = folder / "src" / "mishear" / mutant.file
    original = module.read_text(encoding="utf-8")
    module.write_text(mutant.applied(original), encoding="utf-8")
    try:
        code, printed = run_tests(folder, mutant.tests)
    finally:
        module.write_text(original, encoding="utf-8")
    if code not in (PASSED, FAILED):
        raise RuntimeError(f"{mutant.name}: the tests cannot be run with it.\n{printed[-3000:]}")
    return code == PASSED


def check_tests(mutants: Iterable[Mutant], folder: Path) -> None:
    """Make sure that the tests pass without any mutant.

    Raises
    ------
    RuntimeError
        If they do not.
    """
    tests = sorted({test for each in mutants for test in each.tests})
    code, printed = run_tests(folder, tests, SECONDS_OF_ALL)
    if code != PASSED:
        raise RuntimeError(f"The tests do not pass as it is.\n{printed[-3000:]}")


def chosen(mutants: list[Mutant], names: list[str]) -> list[Mutant]:
    """Return the mutants of some names, or all where none is given."""
    known = {mutant.name: mutant for mutant in mutants}
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"There is no mutant {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [known[name] for name in names] or mutants


def main() -> int:
    """Run what the command line names; return 1 if a mutant survives."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="mutants; all if none is named")
    mutants = chosen(read_mutants(), parser.parse_args().names)
    survivors = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as temporary:
        folder = Path(temporary)
        copy_project(folder)
        for mutant in mutants:
            mutant.applied((folder / "src" / "mishear" / mutant.file).read_text(encoding="utf-8"))
        check_tests(mutants, folder)
        print(f"{'':9} {'seconds':>7}  mutant")
        for mutant in mutants:
            start = time.perf_counter()
            survived = survives(mutant, folder)
            survivors += [mutant] * survived
            result, seconds = "SURVIVED" if survived else "killed", time.perf_counter() - start
            print(f"{result:9} {seconds:7.1f}  {mutant.name}: {mutant.says}", flush=True)
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} killed")
    return bool(survivors)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (DoesNotApply, RuntimeError) as error:
        sys.exit(str(error))
