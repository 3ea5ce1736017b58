"""Write the summary of a study and the worst case over its attacks, also over the seeds."""

from mishear.core.tables.base import described
from mishear.core.tables.evaluation import ROBUSTNESS, SUMMARY
from mishear.core.tables.over_seeds import BY_SPEAKER, ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.evaluation.by_speaker import accuracies_by_speaker
from mishear.evaluation.evaluated import evaluations_of_job, pooled
from mishear.evaluation.over_seeds import summarise_over_seeds, worst_cases_over_seeds
from mishear.evaluation.smallest_change import write_smallest_changes
from mishear.evaluation.speakers import read_speakers_of_test
from mishear.evaluation.worst_case import worst_cases
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        params, tables = snakemake.params, snakemake.output
        evaluations = evaluations_of_job(snakemake.input, params)
        speakers = read_speakers_of_test(described(params.splits, snakemake.input.splits))
        given = evaluations, speakers, params.references, params.counterparts
        SUMMARY.write((each.keys | each.numbers for each in evaluations), tables.summary)
        SUMMARY_OVER_SEEDS.write(summarise_over_seeds(*given), tables.summary_over_seeds)
        ROBUSTNESS.write(worst_cases(evaluations), tables.robustness)
        write_smallest_changes(pooled(evaluations), speakers, tables.smallest_change)
        ROBUSTNESS_OVER_SEEDS.write(worst_cases_over_seeds(*given), tables.robustness_over_seeds)
        BY_SPEAKER.write(accuracies_by_speaker(evaluations, speakers), tables.by_speaker)
