"""Draw loss and accuracy over the epochs of every training."""

from pathlib import Path

import pandas as pd

from mishear.report.figures.training import draw_training
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_training(
            snakemake.params.victims,
            [pd.read_csv(history) for history in snakemake.input.histories],
            path=Path(snakemake.output.figure),
        )
