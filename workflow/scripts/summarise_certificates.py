"""Write the certified accuracies of a study."""

from mishear.core.tables.base import described
from mishear.core.tables.certificates import CERTIFICATES, CERTIFICATES_OVER_SEEDS
from mishear.evaluation.certificates import certificates_over_seeds, summarise_certificates
from mishear.evaluation.speakers import read_speakers_of_test
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        params, files, tables = snakemake.params, snakemake.input, snakemake.output
        certificates = described(params.certificates, files.certificates)
        speakers = read_speakers_of_test(described(params.splits, files.splits))
        CERTIFICATES.write(summarise_certificates(certificates), tables.table)
        over_seeds = certificates_over_seeds(certificates, speakers)
        CERTIFICATES_OVER_SEEDS.write(over_seeds, tables.over_seeds)
