"""Write the card of a study."""

from pathlib import Path

from mishear.core.card.files import write_card
from mishear.report.card.building import build_card
from mishear.runtime.jobs import job_log
from mishear.study.card import read_card_plan

if __name__ == "__main__":
    with job_log(snakemake):
        inputs = {key: Path(file) for key, file in snakemake.input.items()}
        plan = read_card_plan(snakemake.params.plan)
        card = build_card(plan, inputs, snakemake.params.own_code)
        write_card(card, snakemake.output.card)
