"""Draw recordings clean and adversarial."""

from pathlib import Path

import numpy as np

from mishear.report.figures.spectrograms import draw_gallery
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_gallery(
            np.load(snakemake.input.examples, allow_pickle=False),
            attack=snakemake.wildcards.attack,
            colour_map=snakemake.params.colour_map,
            path=Path(snakemake.output.figure),
        )
