"""Write the tables of audio quality, recognition and inversions."""

from mishear.core.tables import listening
from mishear.core.tables.base import described
from mishear.evaluation.speakers import read_speakers_of_test
from mishear.listening.halves import halves_over_seeds
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
        speakers = read_speakers_of_test(described(params.splits, files.splits))
        listening.AUDIO_QUALITY.write(summaries_of_audio_quality(sounds), tables.audio_quality)
        listening.INVERSIONS.write(summarise_inversions(inversions), tables.inversions)
        listening.SNR_AT_HALF.write(summaries_of_halves(evaluations), tables.halves)
        over_seeds = halves_over_seeds(evaluations, speakers)
        listening.SNR_AT_HALF_OVER_SEEDS.write(over_seeds, tables.halves_over_seeds)
