"""Draw certified accuracy against radius."""

from pathlib import Path

from mishear.evaluation.measurements import of_setting, read_certificates
from mishear.report.figures.defences import draw_certificates
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_certificates(
            of_setting(
                read_certificates(Path(snakemake.input.certificates)), snakemake.params.setting
            ),
            names=snakemake.params.names,
            path=Path(snakemake.output.figure),
        )
