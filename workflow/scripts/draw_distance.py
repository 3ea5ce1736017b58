"""Draw accuracy against the L2 change that an attack without limit takes."""

from pathlib import Path

from mishear.core.tables import read_results
from mishear.features.split import read_split
from mishear.report.figures.curves import draw_distance
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_distance(
            [
                {**evaluation, "results": read_results(Path(results))}
                for evaluation, results in zip(
                    snakemake.params.evaluations, snakemake.input.results, strict=True
                )
            ],
            attacks=snakemake.params.attacks,
            classes=len(read_split(Path(snakemake.input.split)).classes),
            paper_reference=snakemake.params.paper_reference,
            path=Path(snakemake.output.figure),
        )
