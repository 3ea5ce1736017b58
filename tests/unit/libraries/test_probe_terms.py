"""The words of a probe are at hand where no library is."""

import subprocess
import sys

from mishear.libraries.probe_terms import ADAPTER, AS_DOCUMENTED, OWN_ARGUMENTS, WORKS


def test_usages_and_outcome_are_told_apart():
    assert len({ADAPTER, AS_DOCUMENTED, OWN_ARGUMENTS, WORKS}) == 4


def test_they_are_read_without_torch():
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "import mishear.libraries.probe_terms\n"
        "assert not {'torch', 'art', 'advertorch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, *sys.path], check=True)
