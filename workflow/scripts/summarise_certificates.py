"""Write the certified accuracies of a study."""

from pathlib import Path

from mishear.evaluation.certificates import summarise_certificates
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        summarise_certificates(
            snakemake.params.certificates,
            [Path(file) for file in snakemake.input.certificates],
            path=Path(snakemake.output.table),
        )
