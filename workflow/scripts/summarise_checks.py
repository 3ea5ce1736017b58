"""Judge the checks of a study."""

from mishear.core.tables.base import described
from mishear.core.tables.checks import CHECKS
from mishear.evaluation.checks.summary import (
    check_rows,
    input_checks,
    waveform_checks,
    waveform_keys,
)
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        params, files = snakemake.params, snakemake.input
        keys = waveform_keys(params.waveform_evaluations, params.waveform_attacks)
        rows = check_rows(
            input_checks(
                described(params.checks, files.results),
                described(params.evaluations, files.evaluations),
                described(params.units, files.units),
            ),
            waveform_checks(
                described(params.waveform_checks, files.waveform_results),
                described(keys, files.waveform_evaluations),
            ),
        )
        CHECKS.write(rows, snakemake.output.table)
