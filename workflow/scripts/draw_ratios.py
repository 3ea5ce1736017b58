"""Draw accuracy under attacks on the waveform."""

from pathlib import Path

from mishear.evaluation.measurements import of_setting, read_heard, read_summary
from mishear.features.split import read_split
from mishear.report.figures.listening import draw_ratios
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        tables = [
            read_summary(Path(snakemake.input.summary)),
            read_heard(Path(snakemake.input.ears)),
            read_heard(Path(snakemake.input.halves)),
        ]
        here = [of_setting(table, snakemake.params.setting) for table in tables]
        summary, ears, halves = (
            table[(table.recipe == snakemake.params.reference) & (table.defence == "none")]
            for table in here
        )
        draw_ratios(
            summary,
            ears,
            halves,
            snakemake.params.attacks,
            classes=len(read_split(Path(snakemake.input.split)).classes),
            path=Path(snakemake.output.figure),
        )
