"""Draw one figure, by the module of its kind: for the page, and for print."""

from importlib import import_module
from pathlib import Path

from mishear.report.drawing.media import printed
from mishear.runtime.jobs import job_log
from mishear.study.figure_types import Figure

if __name__ == "__main__":
    with job_log(snakemake):
        figure = Figure(**snakemake.params.figure)
        module = import_module(f"mishear.report.figures.{figure.kind}")
        inputs = {key: Path(file) for key, file in snakemake.input.items()}
        options, output = snakemake.params.options, snakemake.output
        module.draw(figure, inputs, options, Path(output.figure))
        with printed():
            module.draw(figure, inputs, options, Path(output.svg))
