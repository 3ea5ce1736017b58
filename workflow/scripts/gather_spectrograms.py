"""Join the shards of a corpus's spectrograms, clean or poisoned."""

from pathlib import Path

from mishear.core.tables.poisoning import DISTORTIONS
from mishear.features.cache import gather
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        gather(
            shards=[Path(shard) for shard in snakemake.input.shards],
            front_end=snakemake.params.front_end,
            path=Path(snakemake.output.spectrograms),
            bounds=Path(snakemake.output.bounds),
        )
        if hasattr(snakemake.output, "distortions"):
            DISTORTIONS.joined(
                [Path(shard) for shard in snakemake.input.distortions],
                path=Path(snakemake.output.distortions),
            )
