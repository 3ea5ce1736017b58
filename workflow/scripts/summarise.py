"""Write the summary of a study, a row per evaluation, and the worst case over its attacks."""

from mishear.core.tables.base import described
from mishear.core.tables.evaluation import ROBUSTNESS, SUMMARY
from mishear.evaluation.summary import evaluation_keys, summarise_all
from mishear.evaluation.worst_case import worst_cases
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        params = snakemake.params
        keys = evaluation_keys(params.evaluations, params.attacks, params.defences)
        evaluations = described(keys, snakemake.input.results)
        SUMMARY.write(summarise_all(evaluations), snakemake.output.summary)
        ROBUSTNESS.write(worst_cases(evaluations), snakemake.output.robustness)
