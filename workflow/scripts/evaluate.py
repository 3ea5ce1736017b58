"""Evaluate one victim under one attack at one eps."""

from pathlib import Path

from mishear.devices import select_device
from mishear.evaluation import attack_recordings, select, write_examples, write_results
from mishear.features.cache import read_bounds
from mishear.features.split import read_split
from mishear.jobs import job_log
from mishear.networks import load_victim

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        device = select_device(snakemake.params.device)
        division = read_split(Path(snakemake.input.split))
        recordings = select(Path(snakemake.input.spectrograms), division, division.rows("test"))
        victim = load_victim(
            snakemake.params.network,
            classes=len(division.classes),
            path=Path(snakemake.input.victim),
            device=device,
        )
        rows, adversarial = attack_recordings(
            victim,
            snakemake.params.attack,
            recordings,
            eps=snakemake.params.eps,
            bounds=read_bounds(Path(snakemake.input.bounds)),
            seed=snakemake.params.seed,
            batch_size=snakemake.params.batch_size,
            device=device,
        )
        if hasattr(snakemake.output, "examples"):
            write_examples(recordings, adversarial, rows, Path(snakemake.output.examples))
        write_results(rows, Path(snakemake.output.results))
