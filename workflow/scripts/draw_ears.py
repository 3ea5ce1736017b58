"""Draw what is heard of noise."""

from pathlib import Path

from mishear.evaluation.measurements import of_setting, of_setting_heard, read_heard, read_summary
from mishear.features.split import read_split
from mishear.report.figures.listening import draw_ears
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        summary = of_setting(read_summary(Path(snakemake.input.summary)), snakemake.params.setting)
        draw_ears(
            summary[(summary.defence == "none") & summary.detector.isna()],
            of_setting_heard(read_heard(Path(snakemake.input.ears)), snakemake.params.setting),
            poison=snakemake.wildcards.recipe,
            reference=snakemake.params.reference,
            classes=len(read_split(Path(snakemake.input.split)).classes),
            path=Path(snakemake.output.figure),
        )
