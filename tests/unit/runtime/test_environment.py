"""What a result is computed with is told by the process that computes it."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch

from mishear.core.tables.base import Column, Table
from mishear.core.tables.checks import CHECK_RUNS
from mishear.core.tables.listening import INVERTED, QUALITY, TRANSCRIPTS
from mishear.core.tables.poisoning import DETECTION
from mishear.core.tables.shared import ENVIRONMENT_KEYS, computed
from mishear.core.tables.transfer import TRANSFERRED
from mishear.runtime import environment as module
from mishear.runtime.environment import (
    LIBRARIES,
    cpu_model,
    environment_of,
    record_versions,
    write_computed,
)

CPU = torch.device("cpu")


def test_the_environment_is_that_of_this_process():
    found = environment_of(CPU)
    assert (found.device, found.gpu) == ("cpu", "")
    assert found.cpu == cpu_model() != ""
    assert found.cpu_capability == torch.backends.cpu.get_cpu_capability()
    assert f"torch {torch.__version__.partition('+')[0]}" in found.libraries
    assert all(name in found.libraries for name in LIBRARIES)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        assert environment_of(CPU).threads == 2
    finally:
        torch.set_num_threads(before)


def test_another_instruction_set_is_noticed():
    code = "import torch; from mishear.runtime.environment import environment_of as of; "
    code += "print(of(torch.device('cpu')).cpu_capability)"
    environment = os.environ | {"ATEN_CPU_CAPABILITY": "default", "PYTHONPATH": "src"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "DEFAULT" or done.stdout.strip() == "NO AVX"


@pytest.mark.parametrize("package", ["no-such-package"])
def test_a_library_that_is_not_there_is_said(package, monkeypatch):
    monkeypatch.setattr(module, "LIBRARIES", (package,))
    module.library_versions.cache_clear()
    assert module.library_versions() == f"{package} none"
    module.library_versions.cache_clear()


def test_a_table_holds_what_its_rows_were_computed_with(tmp_path):
    table = Table("T", "", "", (Column("a", "number", ""),), ("a",))
    file = tmp_path / "table.csv"
    write_computed(table, [{"a": 1}, {"a": 2}], file)
    assert table.read(file) == [{"a": 1}, {"a": 2}]
    rows = computed(table).read(file)
    expected = environment_of(CPU)
    assert [row["libraries"] for row in rows] == [expected.libraries] * 2
    assert {row["cpu_capability"] for row in rows} == {expected.cpu_capability}


@pytest.mark.parametrize(
    "table", [CHECK_RUNS, DETECTION, INVERTED, QUALITY, TRANSCRIPTS, TRANSFERRED]
)
def test_environments_stand_in_columns_of_their_own(table):
    assert not set(table.names) & set(ENVIRONMENT_KEYS)
    assert computed(table).names == (*table.names, *ENVIRONMENT_KEYS)


@pytest.fixture
def recorded():
    """The libraries that results of a job record, whose code depends on some."""

    def recorded(code):
        record_versions(SimpleNamespace(params=SimpleNamespace(code=code)))
        return environment_of(CPU).libraries

    yield recorded
    recorded("")


def test_results_record_the_libraries_that_decide_them(recorded):
    plain = recorded("0123456789ab")
    assert plain == ", ".join(f"{name} {module._version(name)}" for name in LIBRARIES)
    mine, known = f"pytest {pytest.__version__}", f"torch {module._version('torch')}"
    assert recorded(f"0123456789ab with {mine}, {known}") == f"{plain}, {mine}"
    assert recorded(f"0123456789ab with {mine} (0a1b2c)") == f"{plain}, {mine} (0a1b2c)"
    assert recorded("0123456789ab") == plain


def test_versions_are_those_of_the_process_that_computes(recorded):
    found = recorded("0123456789ab with pytest 0.1 (0a1b2c), no-such-package 3")
    assert found.endswith(f", no-such-package none, pytest {pytest.__version__}")
