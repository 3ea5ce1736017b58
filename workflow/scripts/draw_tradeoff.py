"""Draw what defences cost and what they hold."""

from pathlib import Path

from mishear.evaluation.measurements import of_setting, read_robustness
from mishear.report.figures.defences import draw_tradeoff
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_tradeoff(
            of_setting(read_robustness(Path(snakemake.input.robustness)), snakemake.params.setting),
            families=snakemake.params.families,
            labels=snakemake.params.labels,
            eps=snakemake.params.eps,
            path=Path(snakemake.output.figure),
        )
