"""Run an attack on a few recordings as configured, without a limit, and with more iterations."""

from pathlib import Path

from mishear.attacks.building import build_attack, limit_of
from mishear.defences.base import load_defended
from mishear.evaluation.checks import attack_runs, write_runs
from mishear.evaluation.recordings import gallery_rows, select
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
        bounds = read_bounds(Path(snakemake.input.bounds))
        checks = snakemake.params.checks
        attack = build_attack(snakemake.params.attack)
        victim = load_defended(
            snakemake.params.network,
            Path(snakemake.input.victim),
            snakemake.params.defence,
            classes=len(division.classes),
            bounds=bounds,
            device=device,
            packages=getattr(snakemake.input, "peer_packages", None),
        )
        runs = attack_runs(
            victim,
            snakemake.params.attack,
            attack,
            select(
                Path(snakemake.input.spectrograms),
                division,
                gallery_rows(division, checks["recordings"]),
            ),
            bounds,
            eps=limit_of(attack, checks["eps"]),
            more=checks["more"],
            seed=int(snakemake.wildcards.seed),
            batch_size=snakemake.params.batch_size,
            device=device,
        )
        write_runs(runs, Path(snakemake.output.results))
