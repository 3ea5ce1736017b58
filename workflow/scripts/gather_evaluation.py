"""Join the shards of one evaluation."""

from pathlib import Path

from mishear.evaluation import gather_examples
from mishear.files import join_tables
from mishear.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        if hasattr(snakemake.output, "examples"):
            gather_examples(
                shards=[Path(shard) for shard in snakemake.input.examples],
                path=Path(snakemake.output.examples),
            )
        join_tables(
            [Path(shard) for shard in snakemake.input.results],
            path=Path(snakemake.output.results),
        )
