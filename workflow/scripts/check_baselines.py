"""Run on a few recordings what every attack is compared with."""

from pathlib import Path

from mishear.defences.base import load_defended
from mishear.evaluation.checks import baseline_runs, write_runs
from mishear.evaluation.recordings import gallery_rows, select
from mishear.features.cache import read_bounds
from mishear.features.split import read_split
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        division = read_split(Path(snakemake.input.split))
        bounds = read_bounds(Path(snakemake.input.bounds))
        checks = snakemake.params.checks
        victim = load_defended(
            snakemake.params.network,
            Path(snakemake.input.victim),
            snakemake.params.defence,
            classes=len(division.classes),
            bounds=bounds,
            device=device,
            packages=getattr(snakemake.input, "peer_packages", None),
        )
        runs = baseline_runs(
            victim,
            select(
                Path(snakemake.input.spectrograms),
                division,
                gallery_rows(division, checks["recordings"]),
            ),
            bounds,
            eps=checks["eps"],
            noise_draws=checks["noise_draws"],
            queries=checks["queries"],
            seed=int(snakemake.wildcards.seed),
            batch_size=snakemake.params.batch_size,
            device=device,
        )
        write_runs(runs, Path(snakemake.output.results))
