"""Draw what the poison of one recipe does."""

from pathlib import Path

from mishear.evaluation.measurements import of_setting, read_summary
from mishear.features.split import read_split
from mishear.poisoning.poisons import build_poison
from mishear.report.figures.poisoning import draw_poisoning
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        draw_poisoning(
            of_setting(read_summary(Path(snakemake.input.summary)), snakemake.params.setting),
            poison=snakemake.wildcards.recipe,
            against=build_poison(snakemake.params.definition).against,
            unpoisoned=snakemake.params.unpoisoned,
            classes=len(read_split(Path(snakemake.input.split)).classes),
            paper_reference=snakemake.params.paper_reference,
            path=Path(snakemake.output.figure),
        )
