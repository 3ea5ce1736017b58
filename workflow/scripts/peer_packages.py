"""Install the packages of other libraries in a folder of their own."""

from pathlib import Path

from mishear.jobs import job_log
from mishear.peer_packages import install, write_installed

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        folder = Path(snakemake.output.packages)
        install(snakemake.params.requirements, folder)
        write_installed(folder, Path(snakemake.output.listing))
