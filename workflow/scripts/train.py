"""Train one victim."""

from pathlib import Path

from mishear.core.files import write_digest
from mishear.runtime.devices import job_on_device
from mishear.training.checkpoints import Checkpoint, training_key
from mishear.training.loading import load_training_data
from mishear.training.trainer import train, write_training

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        params, output = snakemake.params, snakemake.output
        settings = dict(params.items()) | {"device": str(device)}
        checkpoint = Checkpoint(
            Path(output.victim).with_name("unfinished.pt"),
            training_key(settings, inputs=map(Path, snakemake.input)),
        )
        data = load_training_data(snakemake.input, params, params.seed)
        trained = train(params.network, params.recipe, data, params.seed, device, checkpoint)
        write_training(trained, *map(Path, (output.victim, output.history, output.accuracy)))
        write_digest(output.victim, output.digest)
        checkpoint.remove()
