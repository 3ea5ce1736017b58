"""``mishear prune``: the results that no config of a list uses are listed, and removed if asked."""

import argparse
import functools
import logging
from collections.abc import Sequence

from mishear.commands.folder import base_config
from mishear.preflight.examined import load_typed
from mishear.study.pruning import prune


def run(arguments: Sequence[str]) -> None:
    """List results or remove them, see ``docs/results.md``.

    Raises
    ------
    UserError
        If a config is wrong, or a run is active in the folder.
    """
    parser = argparse.ArgumentParser(prog="mishear prune", description=__doc__)
    parser.add_argument("configs", nargs="*", help="a.yaml, or a.yaml+b.yaml for one study")
    parser.add_argument("--apply", action="store_true", help="remove them; else list them")
    given = parser.parse_args(arguments)
    logging.basicConfig(format="%(message)s")
    read = functools.partial(load_typed, base=base_config())
    for line in prune(given.configs, given.apply, read):
        print(line)
