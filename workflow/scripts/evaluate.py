"""Evaluate one victim under one attack at one eps, on all test recordings or a shard of them."""

from pathlib import Path

from mishear.attacks.judging import Threat
from mishear.core.tables.evaluation import RESULTS
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.inputs import attack_recordings, attack_standing
from mishear.evaluation.recordings import rows_of_job, select
from mishear.evaluation.results import read_results, write_examples
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        rows, first = rows_of_job(snakemake, victim.division)
        recordings = select(Path(snakemake.input.spectrograms), victim.division, rows)
        attack, keep = snakemake.params.attack, hasattr(snakemake.output, "examples")
        threat = Threat.of(attack, float(snakemake.wildcards.eps), victim.bounds)
        batches = Batches.of_job(snakemake, device, first)
        job = victim.model, attack, recordings, threat, batches
        if earlier := [read_results(path) for path in snakemake.input.get("earlier", [])]:
            results, adversarial = attack_standing(*job, earlier), []
        else:
            results, adversarial = attack_recordings(*job, victim.source, keep)
        if keep:
            write_examples(recordings, adversarial, results, Path(snakemake.output.examples))
        RESULTS.write(results, snakemake.output.results)
