"""Measure the quality of a sound against the clean recordings."""

from pathlib import Path

from mishear.core.flac import read_sound
from mishear.core.tables.listening import QUALITY
from mishear.features.split import read_split
from mishear.listening.quality import measure_quality
from mishear.runtime.devices import use_one_thread
from mishear.runtime.environment import record_versions, write_computed
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        use_one_thread()
        record_versions(snakemake)
        division = read_split(Path(snakemake.input.split))
        test = division.rows("test")
        write_computed(
            QUALITY,
            measure_quality(
                read_sound(Path(snakemake.input.clean), snakemake.params.samples),
                read_sound(Path(snakemake.input.sound), snakemake.params.samples),
                snakemake.params.sample_rate,
                names=division.recordings[test].tolist(),
                labels=division.labels[test].tolist(),
            ),
            Path(snakemake.output.quality),
        )
