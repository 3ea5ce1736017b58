"""Certify one victim behind randomised smoothing."""

from pathlib import Path

from mishear.defences.base import load_defended
from mishear.evaluation.certificates import Draws, certify, write_certificates
from mishear.evaluation.recordings import select
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
        victim = load_defended(
            snakemake.params.network,
            Path(snakemake.input.victim),
            snakemake.params.defence,
            classes=len(division.classes),
            bounds=read_bounds(Path(snakemake.input.bounds)),
            device=device,
            packages=getattr(snakemake.input, "peer_packages", None),
        )
        rows = certify(
            victim,
            Draws(**snakemake.params.certificate),
            select(Path(snakemake.input.spectrograms), division, division.rows("test")),
            seed=int(snakemake.wildcards.seed),
            batch_size=snakemake.params.batch_size,
            device=device,
        )
        write_certificates(rows, Path(snakemake.output.certificates))
