"""Evaluate one victim on test recordings as a poison leaves them."""

from pathlib import Path

from mishear.core.tables.evaluation import RESULTS
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.poisoned import compare_poisoned
from mishear.evaluation.recordings import select
from mishear.poisoning.building import targets
from mishear.poisoning.spectrograms import read_distortions
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        division = victim.division
        test = division.rows("test")
        clean = poisoned = select(Path(snakemake.input.spectrograms), division, test)
        distortions = None
        if hasattr(snakemake.input, "poisoned"):
            poisoned = select(Path(snakemake.input.poisoned), division, test)
            distortions = read_distortions(Path(snakemake.input.distortions))
        aims = targets(snakemake.params.poison, division, test)
        batches = Batches.of_job(snakemake, device)
        rows = compare_poisoned(victim.model, clean, poisoned, distortions, aims, batches)
        RESULTS.write(rows, snakemake.output.results)
