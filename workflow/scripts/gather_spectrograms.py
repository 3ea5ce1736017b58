"""Join the shards of a corpus's spectrograms, clean or poisoned."""

from pathlib import Path

from mishear.core.tables.poisoning import DISTORTIONS
from mishear.features.cache import gather
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        names, poison = snakemake.wildcards, None
        if hasattr(names, "poison"):
            poison = f"recipes.{names.poison}.poison with amplitude {names.amplitude}"
        gather(
            shards=[Path(shard) for shard in snakemake.input.shards],
            index=Path(snakemake.input.index),
            front_end=snakemake.params.front_end,
            path=Path(snakemake.output.spectrograms),
            bounds=Path(snakemake.output.bounds),
            poison=poison,
        )
        if hasattr(snakemake.output, "distortions"):
            DISTORTIONS.joined(
                [Path(shard) for shard in snakemake.input.distortions],
                path=Path(snakemake.output.distortions),
            )
