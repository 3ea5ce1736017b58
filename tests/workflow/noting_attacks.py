"""A user's attack that notes which GPU its job holds, and when. Tests put it beside the project."""

import os
import time
from pathlib import Path

from foolbox.attacks import LinfFastGradientAttack


class Noting(LinfFastGradientAttack):
    """FGSM, with a note of the GPU and of the time before and after."""

    def run(self, *arguments, **options):
        began = time.monotonic()
        time.sleep(1)
        result = super().run(*arguments, **options)
        note = f"{os.environ['CUDA_VISIBLE_DEVICES']} {began} {time.monotonic()}"
        notes = Path(os.environ["NOTES"])
        notes.mkdir(exist_ok=True)
        (notes / f"{os.getpid()}").write_text(note)
        return result
