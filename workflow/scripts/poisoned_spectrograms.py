"""Poison one shard of waveforms and turn it into dB mel-spectrograms."""

from pathlib import Path

from mishear.core.files import write_digest
from mishear.features.cache import recordings_of_shard
from mishear.features.split import read_split
from mishear.poisoning.building import build_poison
from mishear.poisoning.spectrograms import write_poisoned_spectrograms
from mishear.runtime.devices import use_one_thread
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        use_one_thread()
        division = read_split(Path(snakemake.input.split))
        write_poisoned_spectrograms(
            waveform_shard=Path(snakemake.input.waveforms),
            recordings=recordings_of_shard(
                Path(snakemake.input.index),
                int(snakemake.wildcards.shard),
                snakemake.params.shards,
            ),
            front_end=snakemake.params.front_end,
            poison=build_poison(snakemake.params.poison),
            trained_on=set(division.recordings[division.rows("train")].tolist()),
            path=Path(snakemake.output.spectrograms),
            distortions=Path(snakemake.output.distortions),
        )
        write_digest(snakemake.output.spectrograms, snakemake.output.digest)
