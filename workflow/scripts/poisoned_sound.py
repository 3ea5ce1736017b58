"""Write the test recordings, poisoned, as sound."""

from pathlib import Path

from mishear.core.flac import write_sound
from mishear.evaluation.recordings import select_waveforms
from mishear.evaluation.sounds import poisoned_waveforms
from mishear.features.split import read_split
from mishear.poisoning.building import build_poison
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        division = read_split(Path(snakemake.input.split))
        test = division.rows("test")
        shards = [Path(shard) for shard in snakemake.input.waveforms]
        write_sound(
            Path(snakemake.output.sound),
            poisoned_waveforms(
                select_waveforms(shards, division, test),
                division.contents[test],
                build_poison(snakemake.params.poison),
                snakemake.params.sample_rate,
            ),
            snakemake.params.sample_rate,
        )
