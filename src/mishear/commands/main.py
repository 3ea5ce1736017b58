"""The command ``mishear``.

A subcommand is one module of this package, whose function ``run`` takes its arguments, and one
entry in ``SUBCOMMANDS``.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from mishear import __version__
from mishear.core.errors import UserError

SUBCOMMANDS = {
    "compare": "Compare the results of two studies.",
    "folder": "Print the folder with the workflow and its configs.",
    "prune": "List the results that no config uses, and remove them if asked.",
    "status": "Print how a study stands: what is done, running and failed.",
}
"""What each does. Its module is imported only when it is asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Parameters
    ----------
    arguments
        Those of the command line; unset: those of this process.

    Returns
    -------
    int
        Exit status: 0, 1 after an error of the user, 2 for wrong arguments.
    """
    name, *rest = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    if name in ("-h", "--help"):
        print(usage())
        return 0
    if name == "--version":
        print(__version__)
        return 0
    if name not in SUBCOMMANDS:
        print(f"mishear: there is no subcommand '{name}'.\n{usage()}", file=sys.stderr)
        return 2
    try:
        import_module(f"mishear.commands.{name}").run(rest)
        sys.stdout.flush()
    except UserError as error:
        print(f"mishear {name}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader, such as head, has enough. Python would fail again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def usage() -> str:
    """Return the text of ``mishear --help``."""
    width = max(map(len, SUBCOMMANDS))
    lines = [f"  {name:{width}}  {text}" for name, text in SUBCOMMANDS.items()]
    return "\n".join(
        [
            "usage: mishear SUBCOMMAND ...",
            "",
            *lines,
            "",
            "'mishear SUBCOMMAND --help' says more. Studies are run by Snakemake.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
