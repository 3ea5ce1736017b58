"""Train one victim."""

from pathlib import Path

from mishear.core.arrays import RowsOnDisk
from mishear.core.files import write_digest
from mishear.features.cache import joint_bounds
from mishear.features.split import read_split
from mishear.poisoning.detections import read_kept
from mishear.poisoning.training_set import training_set
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log
from mishear.training.checkpoints import Checkpoint, training_key
from mishear.training.trainer import TrainingInputs, train, write_training

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        division = read_split(Path(snakemake.input.split))
        clean = RowsOnDisk(Path(snakemake.input.spectrograms))
        poisoned, bounds = None, [snakemake.input.bounds]
        if hasattr(snakemake.input, "poisoned"):
            poisoned = RowsOnDisk(Path(snakemake.input.poisoned))
            bounds.append(snakemake.input.poisoned_bounds)
        checkpoint = Checkpoint(
            Path(snakemake.output.victim).with_name("unfinished.pt"),
            training_key(
                dict(snakemake.params.items()) | {"device": str(device)},
                inputs=map(Path, snakemake.input),
            ),
        )
        chosen = training_set(division, snakemake.params.poison, snakemake.params.seed)
        if hasattr(snakemake.input, "detection"):
            chosen = chosen.part(read_kept(Path(snakemake.input.detection)))
        victim, history, accuracies = train(
            network=snakemake.params.network,
            recipe=snakemake.params.recipe,
            inputs=TrainingInputs(clean, poisoned, chosen),
            clean=clean,
            division=division,
            seed=snakemake.params.seed,
            device=device,
            bounds=joint_bounds(map(Path, bounds)),
            checkpoint=checkpoint,
        )
        write_training(
            victim,
            history,
            accuracies,
            weights=Path(snakemake.output.victim),
            history_table=Path(snakemake.output.history),
            accuracy_file=Path(snakemake.output.accuracy),
        )
        write_digest(snakemake.output.victim, snakemake.output.digest)
        checkpoint.remove()
