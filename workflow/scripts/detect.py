"""Look for the poisoned among the recordings that one victim was trained on."""

from pathlib import Path

from mishear.core.arrays import RowsOnDisk
from mishear.core.plugins import FAMILIES, add_packages
from mishear.features.split import read_split
from mishear.poisoning.detections import write_detection
from mishear.poisoning.detectors import Evidence, detected
from mishear.poisoning.training_set import training_set
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log
from mishear.training.networks import load_victim
from mishear.training.trainer import TrainingInputs

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        if hasattr(snakemake.input, "library_packages"):
            add_packages(Path(snakemake.input.library_packages))
        division = read_split(Path(snakemake.input.split))
        seed = int(snakemake.wildcards.seed)
        chosen = training_set(division, snakemake.params.poison, seed)
        poisoned = None
        if hasattr(snakemake.input, "poisoned"):
            poisoned = RowsOnDisk(Path(snakemake.input.poisoned))
        victim = load_victim(
            snakemake.params.network,
            classes=len(division.classes),
            path=Path(snakemake.input.victim),
            device=device,
        )
        clean = RowsOnDisk(Path(snakemake.input.spectrograms))
        inputs = TrainingInputs(clean, poisoned, chosen).__getitem__
        where = f"detectors.{snakemake.wildcards.detector}"
        detector = FAMILIES["detectors"].build(snakemake.params.detector, where)
        detection = detected(detector, Evidence(victim, inputs, chosen.labels, device, seed))
        write_detection(
            detection.scores,
            detection.flagged,
            division,
            chosen,
            path=Path(snakemake.output.detection),
        )
