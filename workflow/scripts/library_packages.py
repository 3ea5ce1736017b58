"""Install the packages of other libraries in a folder of their own."""

from pathlib import Path

from mishear.libraries.packages import install, write_installed
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        folder = Path(snakemake.output.packages)
        install(snakemake.params.requirements, folder)
        write_installed(folder, Path(snakemake.output.listing))
