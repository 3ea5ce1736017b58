"""The command ``mishear``: one module for each of its subcommands."""
