"""The mutants of ``make mutants`` still apply, and one that a test misses survives."""

from dataclasses import replace

import pytest

from tests.mutants import run
from tests.mutants.run import DoesNotApply, Mutant, read_mutants, survives
from tests.projects import REPOSITORY

MUTANTS = read_mutants()
ADDING = Mutant("adding", "adds what is to be subtracted", "a.py", "a - b", "a + b", ["test_a.py"])


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_every_mutant_applies_and_has_tests(mutant):
    module = REPOSITORY / "src" / "mishear" / mutant.file
    code = mutant.applied(module.read_text(encoding="utf-8"))
    compile(code, mutant.file, "exec")
    assert mutant.tests
    for test in mutant.tests:
        assert (REPOSITORY / "tests" / "unit" / test).is_file(), test


@pytest.mark.parametrize("code", ["a * b", "a - b or a - b"])
def test_a_mutant_that_does_not_apply_exactly_once_is_said(code):
    with pytest.raises(DoesNotApply, match="adding: src/mishear/a.py has the following [02] times"):
        ADDING.applied(code)


@pytest.fixture
def project(tmp_path):
    """A project of one module with a test of it."""
    (tmp_path / "src" / "mishear").mkdir(parents=True)
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    (tmp_path / "src" / "mishear" / "__init__.py").touch()
    (tmp_path / "src" / "mishear" / "a.py").write_text("def less(a, b):\n    return a - b\n")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\npythonpath = ['src']\n")

    def tested(assertion):
        code = f"from mishear.a import less\n\ndef test_less():\n    assert {assertion}\n"
        (tmp_path / "tests" / "unit" / "test_a.py").write_text(code)
        return tmp_path

    return tested


@pytest.mark.parametrize(
    ("assertion", "survived"), [("less(3, 2) == 1", False), ("less(3, 0) == 3", True)]
)
def test_a_mutant_survives_tests_that_pass(project, assertion, survived):
    folder = project(assertion)
    module = folder / "src" / "mishear" / "a.py"
    before = module.read_text()
    run.check_tests([ADDING], folder)
    assert survives(ADDING, folder) is survived
    assert module.read_text() == before


def test_tests_that_fail_anyway_or_cannot_run_kill_nothing(project):
    folder = project("less(3, 2) == 2")
    with pytest.raises(RuntimeError, match="do not pass as it is"):
        run.check_tests([ADDING], folder)
    with pytest.raises(RuntimeError, match="adding: the tests cannot be run"):
        survives(replace(ADDING, new="a +"), folder)


def test_unknown_names_are_said():
    with pytest.raises(SystemExit, match="There is no mutant subtracting. There are: adding"):
        run.chosen([ADDING], ["subtracting"])
    assert run.chosen([ADDING], []) == run.chosen([ADDING], ["adding"]) == [ADDING]
