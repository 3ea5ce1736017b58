"""Write the methods section of a study, its references, and the main table."""

from pathlib import Path

from mishear.core.card.files import read_card
from mishear.report.papers.methods import write_papers
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        output = snakemake.output
        write_papers(
            read_card(snakemake.input.card),
            text=Path(output.methods),
            references=Path(output.references),
            table=Path(output.table),
        )
