"""Evaluate one victim on test recordings as a poison leaves them."""

from pathlib import Path

from mishear.defences import load_defended
from mishear.devices import device_for
from mishear.evaluation import compare_poisoned, select, write_results
from mishear.features.cache import read_bounds, read_distortions
from mishear.features.split import read_split
from mishear.jobs import job_log
from mishear.poisons import targets

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        division = read_split(Path(snakemake.input.split))
        test = division.rows("test")
        bounds = read_bounds(Path(snakemake.input.bounds))
        victim = load_defended(
            snakemake.params.network,
            Path(snakemake.input.victim),
            snakemake.params.defence,
            classes=len(division.classes),
            bounds=bounds,
            device=device,
            packages=getattr(snakemake.input, "peer_packages", None),
        )
        clean = poisoned = select(Path(snakemake.input.spectrograms), division, test)
        distortions = None
        if hasattr(snakemake.input, "poisoned"):
            poisoned = select(Path(snakemake.input.poisoned), division, test)
            distortions = read_distortions(Path(snakemake.input.distortions))
        rows = compare_poisoned(
            victim,
            clean,
            poisoned,
            distortions,
            targets=targets(snakemake.params.poison, division, test),
            batch_size=snakemake.params.batch_size,
            seed=int(snakemake.wildcards.seed),
            device=device,
        )
        write_results(rows, Path(snakemake.output.results))
