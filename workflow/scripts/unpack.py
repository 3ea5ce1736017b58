"""Unpack the archive of a corpus."""

from pathlib import Path

from mishear.corpora.unpack import unpack
from mishear.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        unpack(
            Path(snakemake.input.archive),
            Path(snakemake.output.recordings),
            max_bytes=round(snakemake.params.max_gigabytes * 1e9),
        )
