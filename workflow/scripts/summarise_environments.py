"""Write what the results of a study were computed with."""

from mishear.core.tables.base import described
from mishear.core.tables.environments import ENVIRONMENTS
from mishear.evaluation.environments import environments
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        params, tables = snakemake.params, snakemake.input
        files = described(params.computed, tables.computed)
        corrupted = described(params.corrupted, tables.corrupted)
        ENVIRONMENTS.write(environments(files, corrupted), snakemake.output.environments)
