"""Judge the checks of a study."""

from itertools import chain

from mishear.core.tables.base import described
from mishear.core.tables.evaluation import CHECKS
from mishear.evaluation.checks.summary import (
    summarise_checks,
    summarise_waveform_checks,
    waveform_keys,
)
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        params, files = snakemake.params, snakemake.input
        keys = waveform_keys(params.waveform_evaluations, params.waveform_attacks)
        rows = summarise_checks(
            described(params.checks, files.results),
            described(params.evaluations, files.evaluations),
        )
        of_waveforms = summarise_waveform_checks(
            described(params.waveform_checks, files.waveform_results),
            described(keys, files.waveform_evaluations),
        )
        CHECKS.write(chain(rows, of_waveforms), snakemake.output.table)
