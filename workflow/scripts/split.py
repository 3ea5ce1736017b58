"""Divide the recordings of a corpus into train, validation and test."""

from pathlib import Path

from mishear.features.dividing import write_split
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        write_split(
            index=Path(snakemake.input.index),
            split=snakemake.params.split,
            fold=snakemake.params.fold,
            path=Path(snakemake.output.split),
        )
