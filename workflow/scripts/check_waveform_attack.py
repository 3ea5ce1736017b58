"""Run an attack on the waveform of a few recordings with more iterations, at each of its eps."""

from pathlib import Path

from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.checks.experiments import waveform_runs
from mishear.evaluation.checks.runs import write_runs
from mishear.evaluation.recordings import gallery_rows, select_waveforms
from mishear.features.front_ends.building import build_front_end
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        checks = snakemake.params.checks
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        rows = gallery_rows(victim.division, checks["recordings"])
        runs = waveform_runs(
            victim.model,
            snakemake.params.attack,
            snakemake.params.every_eps,
            select_waveforms(list(map(Path, snakemake.input.waveforms)), victim.division, rows),
            build_front_end(snakemake.params.front_end).to(device),
            more=checks["more"],
            batches=Batches.of_job(snakemake, device),
        )
        write_runs(runs, Path(snakemake.output.results), device)
