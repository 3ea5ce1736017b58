"""Evaluate one victim under an attack on a source model."""

from pathlib import Path

from mishear.core.tables.evaluation import RESULTS
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.recordings import select
from mishear.evaluation.transfer import judge_transferred, read_transferred
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        test = victim.division.rows("test")
        recordings = select(Path(snakemake.input.spectrograms), victim.division, test)
        source = snakemake.input.source_examples, snakemake.input.source_results
        rows = judge_transferred(
            victim.model,
            recordings,
            read_transferred(*source, recordings.names),
            Batches.of_job(snakemake, device),
        )
        RESULTS.write(rows, snakemake.output.results)
