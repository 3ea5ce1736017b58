"""Turn one shard of waveforms into dB mel-spectrograms."""

from pathlib import Path

from mishear.core.files import write_digest
from mishear.features.cache import write_spectrograms
from mishear.runtime.devices import use_one_thread
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        use_one_thread()
        write_spectrograms(
            waveform_shard=Path(snakemake.input.waveforms),
            front_end=snakemake.params.front_end,
            path=Path(snakemake.output.spectrograms),
        )
        write_digest(snakemake.output.spectrograms, snakemake.output.digest)
