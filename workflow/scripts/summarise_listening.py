"""Write the tables of audio quality, recognition and inversions."""

from mishear.core.tables import listening, listening_over_seeds
from mishear.core.tables.base import described
from mishear.evaluation.speakers import read_speakers_of_test
from mishear.listening import halves, over_seeds, tables
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        params, files, out = snakemake.params, snakemake.input, snakemake.output
        sounds = tables.measured_sounds(
            params.sounds, files.quality, params.recognisers, files.transcripts
        )
        inversions = described(params.inversions, files.inversions)
        evaluations = described(params.evaluations, files.evaluations)
        speakers = read_speakers_of_test(described(params.splits, files.splits))
        listening.AUDIO_QUALITY.write(tables.summaries_of_audio_quality(sounds), out.audio_quality)
        listening.INVERSIONS.write(tables.summarise_inversions(inversions), out.inversions)
        listening.SNR_AT_HALF.write(tables.summaries_of_halves(evaluations), out.halves)
        rows = over_seeds.audio_quality_over_seeds(sounds, speakers)
        listening_over_seeds.AUDIO_QUALITY_OVER_SEEDS.write(rows, out.audio_quality_over_seeds)
        rows = over_seeds.inversions_over_seeds(inversions, speakers)
        listening_over_seeds.INVERSIONS_OVER_SEEDS.write(rows, out.inversions_over_seeds)
        rows = halves.halves_over_seeds(evaluations, speakers)
        listening_over_seeds.SNR_AT_HALF_OVER_SEEDS.write(rows, out.halves_over_seeds)
