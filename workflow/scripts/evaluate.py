"""Evaluate one victim under one attack at one eps, on all test recordings or a shard of them."""

from pathlib import Path

from mishear.defences.base import load_defended
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import select, shard_rows
from mishear.evaluation.results import write_examples, write_results
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
        test = division.rows("test")
        rows_of_job = shard_rows(
            len(test),
            shard=int(getattr(snakemake.wildcards, "shard", 0)),
            shards=int(getattr(snakemake.wildcards, "shards", 1)),
            batch_size=snakemake.params.batch_size,
        )
        recordings = select(Path(snakemake.input.spectrograms), division, test[rows_of_job])
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
        source = None
        if hasattr(snakemake.input, "source"):
            source = load_defended(
                snakemake.params.network,
                Path(snakemake.input.source),
                defences=[],
                classes=len(division.classes),
                bounds=bounds,
                device=device,
            )
        keep_examples = hasattr(snakemake.output, "examples")
        rows, adversarial = attack_recordings(
            victim,
            snakemake.params.attack,
            recordings,
            eps=float(snakemake.wildcards.eps),
            bounds=bounds,
            seed=int(snakemake.wildcards.seed),
            batch_size=snakemake.params.batch_size,
            device=device,
            first=rows_of_job.start,
            keep_examples=keep_examples,
            source=source,
        )
        if keep_examples:
            write_examples(recordings, adversarial, rows, Path(snakemake.output.examples))
        write_results(rows, Path(snakemake.output.results))
