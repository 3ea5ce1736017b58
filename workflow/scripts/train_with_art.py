"""Train one victim with ART's adversarial training."""

from pathlib import Path

from mishear.core.arrays import RowsOnDisk
from mishear.core.files import write_digest
from mishear.core.plugins import add_packages
from mishear.features.cache import read_bounds
from mishear.features.split import read_split
from mishear.libraries.training import train_with_art
from mishear.poisoning.training_set import training_set
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log
from mishear.training.trainer import TrainingInputs, write_training

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        add_packages(Path(snakemake.input.library_packages))
        division = read_split(Path(snakemake.input.split))
        clean = RowsOnDisk(Path(snakemake.input.spectrograms))
        victim, history, accuracies = train_with_art(
            snakemake.params.network,
            snakemake.params.recipe,
            TrainingInputs(clean, None, training_set(division, None, snakemake.params.seed)),
            division,
            read_bounds(Path(snakemake.input.bounds)),
            seed=snakemake.params.seed,
            device=device,
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
