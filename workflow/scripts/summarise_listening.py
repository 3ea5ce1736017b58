"""Write the tables of what a listener and a recogniser hear."""

from pathlib import Path

from mishear.core.tables import read_results
from mishear.listening.tables import (
    summaries_of_ears,
    summaries_of_halves,
    summarise_inversion,
    write_ears,
    write_halves,
    write_inversion_table,
)
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        quality, heard, evaluations, inversions = (
            [read_results(Path(file)) for file in files]
            for files in (
                snakemake.input.quality,
                snakemake.input.heard,
                snakemake.input.evaluations,
                snakemake.input.inversions,
            )
        )
        params = snakemake.params
        write_ears(
            summaries_of_ears(params.sounds, params.recognisers, quality, heard),
            Path(snakemake.output.ears),
        )
        write_inversion_table(
            map(summarise_inversion, params.inversions, inversions),
            Path(snakemake.output.inversions),
        )
        write_halves(
            summaries_of_halves(params.evaluations, evaluations),
            Path(snakemake.output.halves),
        )
