"""A user's attacks, which show how their jobs run. Tests put this module beside the project."""

import os
import time
from pathlib import Path

from foolbox.attacks import LinfFastGradientAttack


class Meeting(LinfFastGradientAttack):
    """Succeeds only if two of it run at the same time; each notes the GPU it was given."""

    def run(self, *arguments, **options):
        notes = Path("met")
        notes.mkdir(exist_ok=True)
        (notes / os.environ["SLURM_JOB_ID"]).write_text(os.environ["CUDA_VISIBLE_DEVICES"])
        deadline = time.monotonic() + 60
        while len(list(notes.iterdir())) < 2:
            if time.monotonic() > deadline:
                raise TimeoutError("nobody else came")
            time.sleep(0.1)
        return super().run(*arguments, **options)


class Broken(LinfFastGradientAttack):
    """Raises."""

    def run(self, *arguments, **options):
        raise RuntimeError("no such tensor on the moon")


class Slow(LinfFastGradientAttack):
    """Notes that it has started, and takes for ever the first time."""

    def run(self, *arguments, **options):
        started = Path("started")
        if not started.exists():
            started.touch()
            time.sleep(600)
        return super().run(*arguments, **options)


class Noting(LinfFastGradientAttack):
    """Notes the Slurm job and the parent of its process, and the parent's command."""

    def run(self, *arguments, **options):
        parent = os.getppid()
        command = Path(f"/proc/{parent}/cmdline").read_text().split("\0")
        kind = "warm" if any(each.endswith("starter.py") for each in command) else "cold"
        with open("noted", "a") as notes:
            print(os.environ["SLURM_JOB_ID"], kind, parent, file=notes)
        return super().run(*arguments, **options)
