"""Write the certified accuracies of a study."""

from mishear.core.tables.base import described
from mishear.core.tables.certificates import CERTIFICATES
from mishear.evaluation.certificates import summarise_certificates
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        certificates = described(snakemake.params.certificates, snakemake.input.certificates)
        CERTIFICATES.write(summarise_certificates(certificates), snakemake.output.table)
