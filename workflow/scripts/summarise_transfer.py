"""Write how often the adversarial examples of each victim mislead the others."""

from mishear.core.tables.base import described
from mishear.core.tables.transfer import TRANSFER
from mishear.evaluation.speakers import read_speakers_of_test
from mishear.evaluation.transferability.rates import transfer_rates
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        params, files = snakemake.params, snakemake.input
        speakers = read_speakers_of_test(described(params.splits, files.splits))
        transfers = described(params.transfers, files.transfers)
        TRANSFER.write(transfer_rates(transfers, speakers), snakemake.output.table)
