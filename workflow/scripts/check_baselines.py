"""Run on a few recordings the baselines that every attack is compared with."""

from pathlib import Path

from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.checks.experiments import baseline_runs
from mishear.evaluation.checks.runs import write_runs
from mishear.evaluation.recordings import gallery_rows, select
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        checks = snakemake.params.checks
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        rows = gallery_rows(victim.division, checks["recordings"])
        runs = baseline_runs(
            victim.model,
            select(Path(snakemake.input.spectrograms), victim.division, rows),
            victim.bounds,
            eps=checks["eps"],
            noise_draws=checks["noise_draws"],
            queries=checks["queries"],
            batches=Batches.of_job(snakemake, device),
        )
        write_runs(runs, Path(snakemake.output.results))
