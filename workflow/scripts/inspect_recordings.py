"""Look at every recording of a corpus and tell the usable from the others."""

from pathlib import Path

from mishear.corpora.index import index_recordings, write_index, write_rejected
from mishear.corpora.listing import check_unchanged, record_source
from mishear.runtime.counted import hashes_of_run
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        rows, rejected = index_recordings(
            Path(snakemake.params.folder),
            snakemake.params.pattern,
            snakemake.params.classes,
            snakemake.params.expectation,
        )
        if content := snakemake.params.content:
            check_unchanged(Path(snakemake.params.folder), content, hashes_of_run())
        write_rejected(rejected, Path(snakemake.output.rejected))
        write_index(rows, Path(snakemake.output.inspected))
        record_source(
            content,
            snakemake.input.get("recordings_digest"),
            Path(snakemake.output.source),
        )
