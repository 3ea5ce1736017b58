"""Write the tables of a study's detections: a row per victim and detector, and over the seeds."""

from mishear.core.tables.base import described
from mishear.core.tables.detections import DETECTIONS_OVER_SEEDS
from mishear.core.tables.poisoning import DETECTIONS
from mishear.evaluation.detections import detections_over_seeds
from mishear.evaluation.speakers import read_speakers_of_test
from mishear.poisoning.detections import summarise_detections
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        params, files, tables = snakemake.params, snakemake.input, snakemake.output
        detections = described(params.detections, files.detections)
        speakers = read_speakers_of_test(described(params.splits, files.splits))
        DETECTIONS.write(summarise_detections(detections), tables.table)
        over_seeds = detections_over_seeds(detections, speakers)
        DETECTIONS_OVER_SEEDS.write(over_seeds, tables.over_seeds)
