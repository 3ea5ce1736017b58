"""Write the report."""

from pathlib import Path

from mishear.report.page import write_report
from mishear.runtime.jobs import job_log
from mishear.study.reported import read_study

if __name__ == "__main__":
    with job_log(snakemake):
        write_report(
            read_study(snakemake.params.study),
            {key: Path(file) for key, file in snakemake.input.items()},
            path=Path(snakemake.output.report),
        )
