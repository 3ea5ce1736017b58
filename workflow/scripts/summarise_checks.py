"""Judge the sanity checks of a study."""

from pathlib import Path

from mishear.jobs import job_log
from mishear.sanity import summarise_checks, write_checks

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        rows = summarise_checks(
            snakemake.params.checks,
            [Path(file) for file in snakemake.input.results],
            snakemake.params.evaluations,
            [Path(file) for file in snakemake.input.evaluations],
        )
        write_checks(rows, Path(snakemake.output.table))
