"""Run an attack on a few recordings as configured, with more iterations, and unbounded."""

from pathlib import Path

from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.checks.experiments import attack_runs
from mishear.evaluation.checks.runs import write_runs
from mishear.evaluation.recordings import gallery_rows, select
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        checks = snakemake.params.checks
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        rows = gallery_rows(victim.division, checks["recordings"])
        runs = attack_runs(
            victim.model,
            snakemake.params.attack,
            select(Path(snakemake.input.spectrograms), victim.division, rows),
            victim.bounds,
            eps=checks["eps"],
            more=checks["more"],
            batches=Batches.of_job(snakemake, device),
        )
        write_runs(runs, Path(snakemake.output.results))
