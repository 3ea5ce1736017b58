"""Draw confusion matrices: clean and under each attack."""

from pathlib import Path

from mishear.core.tables import read_results
from mishear.features.split import read_split
from mishear.report.figures.confusion import draw_confusion
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_confusion(
            snakemake.params.attacks,
            [read_results(Path(results)) for results in snakemake.input.results],
            classes=read_split(Path(snakemake.input.split)).classes,
            path=Path(snakemake.output.figure),
        )
