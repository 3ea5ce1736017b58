"""Read one shard of a corpus's recordings as waveforms of one rate and length."""

from pathlib import Path

from mishear.core.files import write_digest
from mishear.features.cache import write_waveforms
from mishear.runtime.devices import use_one_thread
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        use_one_thread()
        write_waveforms(
            index=Path(snakemake.input.index),
            root=Path(snakemake.params.folder),
            front_end=snakemake.params.front_end,
            shard=int(snakemake.wildcards.shard),
            shards=snakemake.params.shards,
            path=Path(snakemake.output.waveforms),
        )
        write_digest(snakemake.output.waveforms, snakemake.output.digest)
