"""Join the shards of one evaluation."""

from pathlib import Path

from mishear.core.flac import join_sounds
from mishear.core.tables.evaluation import RESULTS
from mishear.evaluation.results import gather_examples
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        if hasattr(snakemake.output, "examples"):
            gather_examples(
                shards=[Path(shard) for shard in snakemake.input.examples],
                path=Path(snakemake.output.examples),
            )
        if hasattr(snakemake.output, "sound"):
            join_sounds(
                [Path(shard) for shard in snakemake.input.sounds],
                path=Path(snakemake.output.sound),
            )
        RESULTS.joined(
            [Path(shard) for shard in snakemake.input.results],
            path=Path(snakemake.output.results),
        )
