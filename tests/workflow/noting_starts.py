"""A user's attack that notes how its job was started. Tests put it beside the project."""

import os
from pathlib import Path

from foolbox.attacks import LinfFastGradientAttack

VERSION = 1


class Noting(LinfFastGradientAttack):
    """FGSM, with a note of this file's version and of the job's parent; then the file changes."""

    def run(self, *arguments, **options):
        parent = os.getppid()
        command = Path(f"/proc/{parent}/cmdline").read_text().split("\0")
        with open(os.environ["NOTES"], "a") as notes:
            print(VERSION, parent, any(each.endswith("starter.py") for each in command), file=notes)
        text = Path(__file__).read_text()
        other = Path(f"{__file__}.{os.getpid()}")
        other.write_text(text.replace(f"VERSION = {VERSION}", f"VERSION = {VERSION + 1}"))
        other.rename(__file__)
        return super().run(*arguments, **options)
