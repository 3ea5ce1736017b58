"""Write the summary of a study: a row per evaluation."""

from pathlib import Path

from mishear.attacks import build_attack, norm_of
from mishear.jobs import job_log
from mishear.summary import read_results, summarise, write_summary

POISON_NORMS = {"waveform": "linf"}

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        norms = {
            name: norm_of(build_attack(definition))
            for name, definition in snakemake.params.attacks.items()
        }
        rows = (
            {
                **keys,
                "norm": norms.get(keys["attack"], POISON_NORMS.get(keys["domain"])),
                **summarise(read_results(Path(results))),
            }
            for keys, results in zip(
                snakemake.params.evaluations, snakemake.input.results, strict=True
            )
        )
        write_summary(rows, Path(snakemake.output.summary))
