"""Run ``python -m snakemake`` in a process forked from one that has imported it."""

import os
import sys

# The copy of the project that is run has modules of this name; those of the starter are others.
for name in [each for each in sys.modules if each.partition(".")[0] == "warm_start"]:
    del sys.modules[name]
for name in ("MISHEAR_STARTER", "MISHEAR_SNAKEMAKE_PROCESS", "MISHEAR_COLD_STARTS"):
    os.environ.pop(name, None)
sys.path[0] = os.getcwd()

from snakemake import cli  # noqa: E402

sys.argv[0] = cli.__file__.replace("cli.py", "__main__.py")
cli.main()
