"""Check that what is usable of a corpus is enough to work with, and index it."""

from pathlib import Path

from mishear.corpora.checking import check_index
from mishear.corpora.index import read_index, read_rejected, write_index
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        rows = read_index(Path(snakemake.input.inspected))
        check_index(
            rows,
            read_rejected(Path(snakemake.input.rejected)),
            classes=snakemake.params.classes,
            max_rejected_share=snakemake.params.max_rejected_share,
            expectation=snakemake.params.expectation,
            rejected_path=snakemake.input.rejected,
        )
        write_index(rows, Path(snakemake.output.index))
