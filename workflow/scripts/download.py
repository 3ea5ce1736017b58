"""Download the archive of a corpus."""

from pathlib import Path

from mishear.core.files import write_digest
from mishear.corpora.download import download
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        download(
            snakemake.params.urls,
            Path(snakemake.output.archive),
            sha256=snakemake.params.sha256,
            corpus=snakemake.params.corpus,
            key=snakemake.params.key,
            max_bytes=snakemake.resources.disk_mb * 10**6,
        )
        write_digest(snakemake.output.archive, snakemake.output.digest)
