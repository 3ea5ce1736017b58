"""Draw certified accuracy against radius."""

from pathlib import Path

from mishear.figures.defences import draw_certificates
from mishear.jobs import job_log
from mishear.reading import of_setting, read_certificates

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_certificates(
            of_setting(
                read_certificates(Path(snakemake.input.certificates)), snakemake.params.setting
            ),
            names=snakemake.params.names,
            path=Path(snakemake.output.figure),
        )
