"""Run an attack on a few recordings as configured, with more iterations, and unbounded."""

from pathlib import Path

from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.checks.experiments import Subject, attack_runs
from mishear.evaluation.checks.runs import write_runs
from mishear.evaluation.recordings import gallery_rows, select
from mishear.evaluation.results import results_of_job
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        files, params = snakemake.input, snakemake.params
        victim = load_defended(VictimFiles.of_job(files, params), device)
        rows = gallery_rows(victim.division, params.checks["recordings"])
        recordings = select(Path(files.spectrograms), victim.division, rows)
        batches = Batches.of_job(snakemake, device)
        runs = attack_runs(
            Subject(victim.model, recordings, victim.bounds, batches),
            params.attack,
            eps=params.eps,
            more=params.checks["more"],
            evaluated=results_of_job(files, "evaluated"),
        )
        write_runs(runs, Path(snakemake.output.results), device)
