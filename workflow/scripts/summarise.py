"""Write the summary of a study, a row per evaluation, and the worst case over its attacks."""

from mishear.attacks.building import build_attack
from mishear.attacks.norms import norm_of
from mishear.core.tables.base import described
from mishear.core.tables.evaluation import ROBUSTNESS, SUMMARY
from mishear.defences.chains import gradient_of_chain
from mishear.evaluation.summary import summarise_all
from mishear.evaluation.worst_case import worst_cases
from mishear.runtime.jobs import job_log

POISON_NORMS = {"waveform": "linf"}

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        norms = {
            name: norm_of(build_attack(definition))
            for name, definition in snakemake.params.attacks.items()
        }
        gradients = {
            name: gradient_of_chain(chain) for name, chain in snakemake.params.defences.items()
        }
        evaluations = [
            {
                **keys,
                "gradient": gradients[keys["defence"]],
                "norm": norms.get(keys["attack"], POISON_NORMS.get(keys["domain"])),
            }
            for keys in snakemake.params.evaluations
        ]
        results = described(evaluations, snakemake.input.results)
        SUMMARY.write(summarise_all(results), snakemake.output.summary)
        ROBUSTNESS.write(worst_cases(results), snakemake.output.robustness)
