"""Try the components of other libraries on one victim."""

from pathlib import Path

from mishear.core.arrays import RowsOnDisk
from mishear.defences.loading import VictimFiles, load_defended
from mishear.libraries.bench import Bench
from mishear.libraries.probe import probe_libraries, write_probe
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        bench = Bench(
            network=snakemake.params.network,
            victim=victim.model.network,
            clean=RowsOnDisk(Path(snakemake.input.spectrograms)),
            division=victim.division,
            bounds=victim.bounds,
            seed=int(snakemake.wildcards.seed),
            device=device,
            limit=snakemake.params.recordings,
        )
        write_probe(probe_libraries(bench), Path(snakemake.output.probe))
