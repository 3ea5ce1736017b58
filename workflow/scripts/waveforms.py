"""Read one shard of a corpus's recordings as waveforms of one rate and length."""

from pathlib import Path

from mishear.core.files import write_digest
from mishear.features.cache import write_waveforms
from mishear.features.rates import warn_of_rates
from mishear.runtime.devices import use_one_thread
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        use_one_thread()
        index, shard = Path(snakemake.input.index), int(snakemake.wildcards.shard)
        name, rate = snakemake.wildcards.front_end, snakemake.params.front_end["sample_rate"]
        if shard == 0:
            warn_of_rates(index, name, rate)
        write_waveforms(
            index=index,
            root=Path(snakemake.params.folder),
            front_end=snakemake.params.front_end,
            shard=shard,
            shards=snakemake.params.shards,
            path=Path(snakemake.output.waveforms),
        )
        write_digest(snakemake.output.waveforms, snakemake.output.digest)
