"""Write the table of a study's detections: a row per victim and detector."""

from pathlib import Path

from mishear.core.tables.poisoning import DETECTION, DETECTIONS
from mishear.poisoning.detections import summarise_detection
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        rows = (
            {**keys, **summarise_detection(DETECTION.read(detection))}
            for keys, detection in zip(
                snakemake.params.detections, snakemake.input.detections, strict=True
            )
        )
        DETECTIONS.write(rows, Path(snakemake.output.table))
