"""The memory of the machine is that of its container, and no rule asks for more than is said."""

import re
import subprocess
import sys
from pathlib import Path

from mishear.runtime.memory import LARGEST_JOB_MB, memory_mb

RULES = Path(__file__).parents[3] / "workflow" / "rules"


def test_a_container_has_less_than_its_machine(tmp_path):
    machine = memory_mb(tmp_path)
    assert machine > 100
    (tmp_path / "memory.max").write_text("64000000\n")
    assert memory_mb(tmp_path) == 64
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_mb(tmp_path) == machine


def test_no_rule_asks_for_more_than_is_said():
    texts = [path.read_text() for path in RULES.glob("*.smk")]
    asked = [int(found) for text in texts for found in re.findall(r"mem_mb=(\d+)", text)]
    assert max(asked) == LARGEST_JOB_MB


def test_the_peak_grows_with_what_is_used():
    """In a new process: the peak of this one may have been higher before."""
    code = (
        "from mishear.runtime.memory import peak_mb\n"
        "before = peak_mb()\n"
        "used = bytearray(200_000_000)\n"
        "used[::4096] = b'x' * len(used[::4096])\n"
        "print(before, peak_mb())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert 0 < before < after - 100
