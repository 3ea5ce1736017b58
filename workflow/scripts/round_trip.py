"""Turn the clean features of the test recordings back to sound."""

from pathlib import Path

from mishear.core.flac import write_sound
from mishear.evaluation.recordings import select
from mishear.features.front_ends.building import build_front_end
from mishear.features.split import read_split
from mishear.listening.inversion import inverted
from mishear.runtime.devices import use_one_thread
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        use_one_thread()
        division = read_split(Path(snakemake.input.split))
        recordings = select(Path(snakemake.input.spectrograms), division, division.rows("test"))
        write_sound(
            Path(snakemake.output.sound),
            inverted(
                recordings.inputs(),
                build_front_end(snakemake.params.front_end),
                snakemake.params.samples,
                snakemake.params.iterations,
            ),
            snakemake.params.front_end["sample_rate"],
        )
