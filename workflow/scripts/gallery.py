"""Attack the few recordings that the report draws."""

from pathlib import Path

from mishear.defences.base import load_defended
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import gallery_rows, select
from mishear.evaluation.results import write_examples
from mishear.features.cache import read_bounds
from mishear.features.split import read_split
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        division = read_split(Path(snakemake.input.split))
        recordings = select(
            Path(snakemake.input.spectrograms),
            division,
            gallery_rows(division, snakemake.params.recordings),
        )
        bounds = read_bounds(Path(snakemake.input.bounds))
        victim = load_defended(
            snakemake.params.network,
            Path(snakemake.input.victim),
            defences=[],
            classes=len(division.classes),
            bounds=bounds,
            device=device,
        )
        rows, adversarial = attack_recordings(
            victim,
            snakemake.params.attack,
            recordings,
            eps=float(snakemake.wildcards.eps),
            bounds=bounds,
            seed=int(snakemake.wildcards.seed),
            batch_size=len(recordings),
            device=device,
            keep_examples=True,
        )
        write_examples(recordings, adversarial, rows, Path(snakemake.output.examples))
