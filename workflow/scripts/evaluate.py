"""Evaluate one victim under one attack at one eps, on all test recordings or a shard of them."""

from pathlib import Path

from mishear.attacks.judging import Threat
from mishear.core.tables.evaluation import RESULTS
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import select, shard_of_job
from mishear.evaluation.results import write_examples
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        test = victim.division.rows("test")
        shard = shard_of_job(snakemake, len(test))
        recordings = select(Path(snakemake.input.spectrograms), victim.division, test[shard])
        keep_examples = hasattr(snakemake.output, "examples")
        rows, adversarial = attack_recordings(
            victim.model,
            snakemake.params.attack,
            recordings,
            Threat.of(snakemake.params.attack, float(snakemake.wildcards.eps), victim.bounds),
            batches=Batches.of_job(snakemake, device, shard.start),
            source=victim.source,
            keep_examples=keep_examples,
        )
        if keep_examples:
            write_examples(recordings, adversarial, rows, Path(snakemake.output.examples))
        RESULTS.write(rows, Path(snakemake.output.results))
