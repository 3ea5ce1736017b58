"""Runs of these tests fork from one process, and do what a Snakemake of its own does."""

import os
import subprocess
import sys

import pytest

from tests import warm_snakemake

SNAKEFILE = """
import os, sys
from pathlib import Path

def begun():
    return Path(f"/proc/{os.getppid()}/cmdline").read_text().split("\\0")

if workflow.is_main_process:
    print("by the starter" if os.environ["MISHEAR_TESTS_STARTER"] in begun() else "cold")
    print(sys.path, sys.argv, [name for name in sys.modules if name.startswith("mishear")])
    print(sorted(name for name in os.environ if name.startswith("MISHEAR_")))

rule all:
    output: "done"
    shell: "touch {output}; exit {config[status]}"
"""


@pytest.mark.parametrize("status", [0, 1])
def test_a_run_forks_and_ends_as_a_cold_one(tmp_path, status):
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    environment = warm_snakemake.environment()
    options = ["--cores", "1", "--quiet", "--forceall", "--config", f"status={status}"]

    def run(*command, **variables):
        return subprocess.run(
            [*command, *options], cwd=tmp_path, env=variables, capture_output=True, text=True
        )

    warm = run(*warm_snakemake.CLIENT, **environment)
    cold = run(sys.executable, "-m", "snakemake", **os.environ)
    first, _, others = warm.stdout.partition("\n")
    assert first == "by the starter"
    assert others == cold.stdout.partition("\n")[2]
    assert (warm.returncode, cold.returncode) == (status, status)
