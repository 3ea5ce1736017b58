"""Write the report."""

from pathlib import Path

from mishear.evaluation.measurements import read_checks, read_heard, read_robustness, read_summary
from mishear.paper.claims import read_probes
from mishear.report.page import write_report
from mishear.runtime.jobs import job_log


def read_listening(tables):
    """The tables of what is heard, by their names."""
    names = ("ears", "inversions", "halves")
    return {name: read_heard(Path(getattr(tables, name))) for name in names}


if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        study = snakemake.params.study
        rejected = [Path(table) for table in snakemake.input.rejected]
        detections = [read_summary(Path(table)) for table in snakemake.input.detections]
        write_report(
            study,
            read_summary(Path(snakemake.input.summary)),
            read_robustness(Path(snakemake.input.robustness)),
            read_checks(Path(snakemake.input.checks)),
            probes=[read_probes([Path(file)]) for file in snakemake.input.probes],
            accuracies=[Path(file) for file in snakemake.input.accuracies],
            rejected=dict(zip(study["sources"], rejected, strict=True)),
            figures=[Path(figure) for figure in snakemake.input.figures],
            path=Path(snakemake.output.report),
            detections=detections[0] if detections else None,
            listening=read_listening(snakemake.input) if hasattr(snakemake.input, "ears") else None,
        )
