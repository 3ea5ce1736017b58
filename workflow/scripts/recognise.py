"""Have a speech recogniser transcribe a sound."""

from pathlib import Path

from mishear.core.flac import read_sound
from mishear.core.plugins import FAMILIES
from mishear.core.tables.listening import TRANSCRIPTS
from mishear.features.split import read_split
from mishear.listening.recognisers import recognise
from mishear.runtime.devices import use_one_thread
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        use_one_thread()
        division = read_split(Path(snakemake.input.split))
        test = division.rows("test")
        where = f"recognisers.{snakemake.wildcards.recogniser}"
        recogniser = FAMILIES["recognisers"].build(
            snakemake.params.recogniser, where, classes=division.classes
        )
        transcripts = recognise(
            recogniser,
            read_sound(Path(snakemake.input.clean), snakemake.params.samples),
            read_sound(Path(snakemake.input.sound), snakemake.params.samples),
            snakemake.params.sample_rate,
            division.recordings[test].tolist(),
            division.labels[test].tolist(),
        )
        TRANSCRIPTS.write(transcripts, snakemake.output.transcripts)
