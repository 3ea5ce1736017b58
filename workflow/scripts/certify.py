"""Certify one victim behind randomised smoothing."""

from pathlib import Path

from mishear.certificates import Draws, certify, write_certificates
from mishear.defences import build_defences
from mishear.devices import device_for
from mishear.evaluation import select
from mishear.features.cache import read_bounds
from mishear.features.split import read_split
from mishear.jobs import job_log
from mishear.networks import load_victim

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        division = read_split(Path(snakemake.input.split))
        rows = certify(
            load_victim(
                snakemake.params.network,
                classes=len(division.classes),
                path=Path(snakemake.input.victim),
                device=device,
            ),
            build_defences(snakemake.params.defence, read_bounds(Path(snakemake.input.bounds))),
            Draws(**snakemake.params.certificate),
            select(Path(snakemake.input.spectrograms), division, division.rows("test")),
            seed=int(snakemake.wildcards.seed),
            batch_size=snakemake.params.batch_size,
            device=device,
        )
        write_certificates(rows, Path(snakemake.output.certificates))
