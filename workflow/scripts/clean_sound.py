"""Write the test recordings as sound."""

from pathlib import Path

from mishear.core.flac import write_sound
from mishear.evaluation.recordings import select_waveforms
from mishear.evaluation.sounds import clean_waveforms
from mishear.features.split import read_split
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        division = read_split(Path(snakemake.input.split))
        shards = [Path(shard) for shard in snakemake.input.waveforms]
        write_sound(
            Path(snakemake.output.sound),
            clean_waveforms(select_waveforms(shards, division, division.rows("test"))),
            snakemake.params.sample_rate,
        )
