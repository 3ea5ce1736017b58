"""Judge the sanity checks of a study."""

from itertools import chain
from pathlib import Path

from mishear.attacks.building import build_attack
from mishear.attacks.norms import norm_of
from mishear.evaluation.checks import summarise_checks, summarise_waveform_checks, write_checks
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        rows = summarise_checks(
            snakemake.params.checks,
            [Path(file) for file in snakemake.input.results],
            snakemake.params.evaluations,
            [Path(file) for file in snakemake.input.evaluations],
        )
        norms = {
            name: norm_of(build_attack(definition))
            for name, definition in snakemake.params.waveform_attacks.items()
        }
        of_waveforms = summarise_waveform_checks(
            [
                {**keys, "norm": norms[keys["attack"]]}
                for keys in snakemake.params.waveform_evaluations
            ],
            [Path(file) for file in snakemake.input.waveform_evaluations],
            snakemake.params.waveform_checks,
            [Path(file) for file in snakemake.input.waveform_results],
        )
        write_checks(chain(rows, of_waveforms), Path(snakemake.output.table))
