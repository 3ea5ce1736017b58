"""Evaluate one victim on test recordings as a poison leaves them."""

from pathlib import Path

from mishear.devices import device_for
from mishear.evaluation import compare_poisoned, select, write_results
from mishear.features.cache import read_distortions
from mishear.features.split import read_split
from mishear.jobs import job_log
from mishear.networks import load_victim
from mishear.poisons import targets

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        division = read_split(Path(snakemake.input.split))
        test = division.rows("test")
        victim = load_victim(
            snakemake.params.network,
            classes=len(division.classes),
            path=Path(snakemake.input.victim),
            device=device,
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
            device=device,
        )
        write_results(rows, Path(snakemake.output.results))
