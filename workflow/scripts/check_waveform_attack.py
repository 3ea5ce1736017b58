"""Run an attack on the waveform of a few recordings with more iterations, at each of its eps."""

from pathlib import Path

from mishear.defences.base import load_defended
from mishear.evaluation.checks import waveform_runs, write_runs
from mishear.evaluation.recordings import gallery_rows, select_waveforms
from mishear.features.cache import read_bounds
from mishear.features.spectrograms import mel_front_end
from mishear.features.split import read_split
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        division = read_split(Path(snakemake.input.split))
        checks = snakemake.params.checks
        rows = gallery_rows(division, checks["recordings"])
        runs = waveform_runs(
            load_defended(
                snakemake.params.network,
                Path(snakemake.input.victim),
                snakemake.params.defence,
                classes=len(division.classes),
                bounds=read_bounds(Path(snakemake.input.bounds)),
                device=device,
                packages=getattr(snakemake.input, "peer_packages", None),
            ),
            snakemake.params.attack,
            snakemake.params.every_eps,
            select_waveforms([Path(shard) for shard in snakemake.input.waveforms], division, rows),
            mel_front_end(snakemake.params.front_end).to(device),
            more=checks["more"],
            seed=int(snakemake.wildcards.seed),
            batch_size=snakemake.params.batch_size,
            device=device,
        )
        write_runs(runs, Path(snakemake.output.results))
