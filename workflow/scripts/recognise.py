"""Have a speech recogniser transcribe a sound."""

from pathlib import Path

from mishear.core.flac import read_sound
from mishear.core.plugins import FAMILIES
from mishear.core.tables.listening import TRANSCRIPTS
from mishear.features.split import read_split
from mishear.listening.recognisers import recognise
from mishear.runtime.devices import use_one_thread
from mishear.runtime.environment import record_versions, write_computed
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        use_one_thread()
        record_versions(snakemake)
        division = read_split(Path(snakemake.input.split))
        test = division.rows("test")
        where = f"recognisers.{snakemake.wildcards.recogniser}"
        recogniser = FAMILIES["recognisers"].build(
            snakemake.params.recogniser, where, classes=division.classes
        )
        files = snakemake.input.clean, snakemake.input.sound
        sounds = [read_sound(Path(file), snakemake.params.samples) for file in files]
        names = division.recordings[test].tolist(), division.labels[test].tolist()
        transcripts = recognise(recogniser, *sounds, snakemake.params.sample_rate, *names)
        write_computed(TRANSCRIPTS, transcripts, snakemake.output.transcripts)
