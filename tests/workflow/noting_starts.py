"""A user's attack that notes how its job was started. Tests put it beside the project."""

import os
import re
from pathlib import Path

from foolbox.attacks import LinfFastGradientAttack

VERSION = 1


def edit(file):
    """Replace a copy of this file by its next version."""
    text = file.read_text()
    version = int(re.search(r"VERSION = (\d+)", text)[1])
    other = file.with_name(f"{file.name}.{os.getpid()}")
    other.write_text(text.replace(f"VERSION = {version}", f"VERSION = {version + 1}", 1))
    other.rename(file)


class Noting(LinfFastGradientAttack):
    """FGSM, with a note of this file's version and of the job's parent.

    The file changes itself if the environment variable EDITS is set.
    """

    def run(self, *arguments, **options):
        parent = os.getppid()
        command = Path(f"/proc/{parent}/cmdline").read_text().split("\0")
        with open(os.environ["NOTES"], "a") as notes:
            print(VERSION, parent, any(each.endswith("starter.py") for each in command), file=notes)
        if "EDITS" in os.environ:
            edit(Path(__file__))
        return super().run(*arguments, **options)
