"""Fail where the victims of a study do not reach the accuracies that it requires."""

from mishear.core.card.files import read_card
from mishear.core.files import atomic_path
from mishear.report.requirements import check_gate
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        met = check_gate(read_card(snakemake.input.card), snakemake.params.report)
        with atomic_path(snakemake.output.gate) as temporary:
            temporary.write_text(met, encoding="utf-8")
