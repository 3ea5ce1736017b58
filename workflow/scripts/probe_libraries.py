"""Try the components of other libraries on one victim."""

from pathlib import Path

from mishear.core.arrays import RowsOnDisk
from mishear.core.plugins import add_packages
from mishear.features.cache import read_bounds
from mishear.features.split import read_split
from mishear.libraries.probe import Bench, probe_libraries, write_probe
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log
from mishear.training.networks import load_victim

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        add_packages(Path(snakemake.input.library_packages))
        division = read_split(Path(snakemake.input.split))
        bench = Bench(
            network=snakemake.params.network,
            victim=load_victim(
                snakemake.params.network,
                classes=len(division.classes),
                path=Path(snakemake.input.victim),
                device=device,
            ),
            clean=RowsOnDisk(Path(snakemake.input.spectrograms)),
            division=division,
            bounds=read_bounds(Path(snakemake.input.bounds)),
            seed=int(snakemake.wildcards.seed),
            device=device,
            limit=snakemake.params.recordings,
        )
        write_probe(probe_libraries(bench), Path(snakemake.output.probe))
