"""Synthesise a corpus of spoken digits."""

from pathlib import Path

from mishear.corpora.espeak import synthesise
from mishear.corpora.listing import write_listing_digest
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        synthesise(
            Path(snakemake.output.recordings),
            speakers=snakemake.params.speakers,
            repetitions=snakemake.params.repetitions,
            seed=snakemake.params.seed,
            processes=snakemake.threads,
        )
        write_listing_digest(Path(snakemake.output.recordings), Path(snakemake.output.digest))
