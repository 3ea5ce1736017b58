"""Evaluate one victim on test recordings as a poison leaves them."""

from pathlib import Path

from mishear.defences.base import load_defended
from mishear.evaluation.poisoned import compare_poisoned
from mishear.evaluation.recordings import select
from mishear.evaluation.results import write_results
from mishear.features.cache import read_bounds
from mishear.features.split import read_split
from mishear.poisoning.poisons import targets
from mishear.poisoning.spectrograms import read_distortions
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log

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
