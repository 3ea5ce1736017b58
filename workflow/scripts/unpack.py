"""Unpack the archive of a corpus."""

from pathlib import Path

from mishear.corpora.download import check_sha256
from mishear.corpora.listing import record_source, write_listing_digest
from mishear.corpora.unpack import unpack
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        archive = Path(snakemake.input.archive)
        if snakemake.params.sha256:
            check_sha256(archive, snakemake.params.sha256, snakemake.params.corpus)
        unpack(
            archive,
            Path(snakemake.output.recordings),
            max_bytes=round(snakemake.params.max_gigabytes * 1e9),
        )
        write_listing_digest(Path(snakemake.output.recordings), Path(snakemake.output.digest))
        record_source(
            snakemake.params.content,
            snakemake.input.get("archive_digest"),
            Path(snakemake.output.source),
        )
