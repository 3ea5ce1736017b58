"""Write how often recordings of each class are turned into each other one."""

from mishear.core.tables.base import described
from mishear.core.tables.targeted import TARGETED
from mishear.evaluation.speakers import read_speakers_of_test
from mishear.evaluation.targeted import success_rates
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        params, files = snakemake.params, snakemake.input
        speakers = read_speakers_of_test(described(params.splits, files.splits))
        results = described(params.targeted, files.results)
        TARGETED.write(success_rates(results, speakers), snakemake.output.table)
