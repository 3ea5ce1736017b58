"""Run an attack on a few recordings as configured, without a limit, and with more iterations."""

from pathlib import Path

from mishear.attacks.building import build_attack, limit_of
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.checks import attack_runs, write_runs
from mishear.evaluation.recordings import gallery_rows, select
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        checks = snakemake.params.checks
        attack = build_attack(snakemake.params.attack)
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        rows = gallery_rows(victim.division, checks["recordings"])
        runs = attack_runs(
            victim.model,
            snakemake.params.attack,
            attack,
            select(Path(snakemake.input.spectrograms), victim.division, rows),
            victim.bounds,
            eps=limit_of(attack, checks["eps"]),
            more=checks["more"],
            seed=int(snakemake.wildcards.seed),
            batch_size=snakemake.params.batch_size,
            device=device,
        )
        write_runs(runs, Path(snakemake.output.results))
