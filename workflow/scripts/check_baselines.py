"""Run on a few recordings the baselines that every attack is compared with."""

from pathlib import Path

from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.checks.experiments import Subject, baseline_runs
from mishear.evaluation.checks.runs import read_runs, write_runs
from mishear.evaluation.recordings import gallery_rows, select
from mishear.evaluation.results import results_of_job
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        files, checks = snakemake.input, snakemake.params.checks
        victim = load_defended(VictimFiles.of_job(files, snakemake.params), device)
        rows = gallery_rows(victim.division, checks["recordings"])
        recordings = select(Path(files.spectrograms), victim.division, rows)
        batches = Batches.of_job(snakemake, device)
        runs = baseline_runs(
            Subject(victim.model, recordings, victim.bounds, batches),
            eps=checks["eps"],
            noise_draws=checks["noise_draws"],
            queries=checks["queries"],
            attacked=[read_runs(Path(runs)) for runs in files.attacked],
            one_step=results_of_job(files, "one_step"),
        )
        write_runs(runs, Path(snakemake.output.results), device)
