"""Take a trained model of the user's as a victim."""

from pathlib import Path

from mishear.core.arrays import RowsOnDisk
from mishear.core.files import write_digest
from mishear.features.split import read_split
from mishear.runtime.devices import job_on_device
from mishear.training.importing import import_model, write_model

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        params, output = snakemake.params, snakemake.output
        weights = Path(params.weights) if params.weights else None
        division = read_split(Path(snakemake.input.split))
        corpus = (params.corpus, division, RowsOnDisk(Path(snakemake.input.spectrograms)))
        victim, accuracies = import_model(params.network, weights, corpus, device, params.key)
        files = (Path(output.victim), Path(output.accuracy))
        write_model(victim, params.network, weights, accuracies, files)
        write_digest(output.victim, output.digest)
