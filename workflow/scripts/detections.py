"""Write the table of a study's detections: a row per victim and detector."""

from pathlib import Path

from mishear.detections import summarise_detection, write_detections
from mishear.jobs import job_log
from mishear.summary import read_results

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        rows = (
            {**keys, **summarise_detection(read_results(Path(detection)))}
            for keys, detection in zip(
                snakemake.params.detections, snakemake.input.detections, strict=True
            )
        )
        write_detections(rows, Path(snakemake.output.table))
