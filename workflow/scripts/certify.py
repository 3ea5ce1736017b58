"""Certify one victim behind randomised smoothing."""

from pathlib import Path

from mishear.core.tables.certificates import CERTIFICATE
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.certificates import Draws, certify
from mishear.evaluation.recordings import select
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        test = victim.division.rows("test")
        rows = certify(
            victim.model,
            Draws(**snakemake.params.certificate),
            select(Path(snakemake.input.spectrograms), victim.division, test),
            batches=Batches.of_job(snakemake, device),
        )
        CERTIFICATE.write(rows, Path(snakemake.output.certificates))
