"""Judge the sanity checks of a study."""

from itertools import chain
from pathlib import Path

from mishear.attacks.building import build_attack
from mishear.attacks.norms import norm_of
from mishear.core.tables.evaluation import CHECKS
from mishear.evaluation.checks import (
    is_one_step,
    summarise_checks,
    summarise_waveform_checks,
)
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        rows = summarise_checks(
            snakemake.params.checks,
            [Path(file) for file in snakemake.input.results],
            snakemake.params.evaluations,
            [Path(file) for file in snakemake.input.evaluations],
        )
        attacks = {
            name: build_attack(definition, f"attacks.{name}")
            for name, definition in snakemake.params.waveform_attacks.items()
        }
        facts = {
            name: {"norm": norm_of(attack), "one_step": is_one_step(attack)}
            for name, attack in attacks.items()
        }
        of_waveforms = summarise_waveform_checks(
            [{**keys, **facts[keys["attack"]]} for keys in snakemake.params.waveform_evaluations],
            [Path(file) for file in snakemake.input.waveform_evaluations],
            snakemake.params.waveform_checks,
            [Path(file) for file in snakemake.input.waveform_results],
        )
        CHECKS.write(chain(rows, of_waveforms), Path(snakemake.output.table))
