"""Draw accuracy against eps."""

from pathlib import Path

from mishear.evaluation.measurements import of_setting, read_summary
from mishear.features.split import read_split
from mishear.report.figures.curves import draw_accuracy
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_accuracy(
            of_setting(read_summary(Path(snakemake.input.summary)), snakemake.params.setting),
            attacks=snakemake.params.attacks,
            classes=len(read_split(Path(snakemake.input.split)).classes),
            paper_reference=snakemake.params.paper_reference,
            path=Path(snakemake.output.figure),
        )
