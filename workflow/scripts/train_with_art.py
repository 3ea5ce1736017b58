"""Train one victim with ART's adversarial training."""

from pathlib import Path

from mishear.core.files import write_digest
from mishear.core.modules import add_packages
from mishear.libraries.training import train_with_art
from mishear.runtime.devices import job_on_device
from mishear.training.loading import load_training_data
from mishear.training.trainer import write_training

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        params, output = snakemake.params, snakemake.output
        add_packages(Path(snakemake.input.library_packages))
        data = load_training_data(snakemake.input, params, params.seed)
        trained = train_with_art(params.network, params.recipe, data, params.seed, device)
        write_training(trained, *map(Path, (output.victim, output.history, output.accuracy)))
        write_digest(output.victim, output.digest)
