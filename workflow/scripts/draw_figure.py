"""Draw one figure, by the module of its kind."""

from importlib import import_module
from pathlib import Path

from mishear.runtime.jobs import job_log
from mishear.study.figure_types import Figure

if __name__ == "__main__":
    with job_log(snakemake):
        figure = Figure(**snakemake.params.figure)
        module = import_module(f"mishear.report.figures.{figure.kind}")
        module.draw(
            figure,
            {key: Path(file) for key, file in snakemake.input.items()},
            snakemake.params.options,
            Path(snakemake.output.figure),
        )
