"""Look for the poisoned among the recordings that one victim was trained on."""

from pathlib import Path

from mishear.core.plugins import FAMILIES
from mishear.defences.loading import VictimFiles, load_defended
from mishear.poisoning.detections import write_detection
from mishear.poisoning.detectors import Evidence, detected
from mishear.runtime.devices import job_on_device
from mishear.training.loading import load_training_data

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        seed = int(snakemake.wildcards.seed)
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        data = load_training_data(snakemake.input, snakemake.params, seed)
        inputs, chosen = data.inputs, data.inputs.chosen
        where = f"detectors.{snakemake.wildcards.detector}"
        detector = FAMILIES["detectors"].build(snakemake.params.detector, where)
        evidence = Evidence(victim.model.network, inputs.__getitem__, chosen.labels, device, seed)
        detection = detected(detector, evidence)
        write_detection(
            detection.scores,
            detection.flagged,
            data.division,
            chosen,
            path=Path(snakemake.output.detection),
            device=device,
        )
