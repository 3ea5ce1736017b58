"""Write the tables of audio quality, recognition and inversions."""

from mishear.core.tables.base import described
from mishear.core.tables.listening import AUDIO_QUALITY, INVERSIONS, SNR_AT_HALF
from mishear.listening.tables import (
    measured_sounds,
    summaries_of_audio_quality,
    summaries_of_halves,
    summarise_inversions,
)
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        params, files, tables = snakemake.params, snakemake.input, snakemake.output
        sounds = measured_sounds(
            params.sounds, files.quality, params.recognisers, files.transcripts
        )
        inversions = described(params.inversions, files.inversions)
        evaluations = described(params.evaluations, files.evaluations)
        AUDIO_QUALITY.write(summaries_of_audio_quality(sounds), tables.audio_quality)
        INVERSIONS.write(summarise_inversions(inversions), tables.inversions)
        SNR_AT_HALF.write(summaries_of_halves(evaluations), tables.halves)
