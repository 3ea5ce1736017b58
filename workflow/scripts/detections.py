"""Write the table of a study's detections: a row per victim and detector."""

from mishear.core.tables.base import described
from mishear.core.tables.poisoning import DETECTIONS
from mishear.poisoning.detections import summarise_detections
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        detections = described(snakemake.params.detections, snakemake.input.detections)
        DETECTIONS.write(summarise_detections(detections), snakemake.output.table)
