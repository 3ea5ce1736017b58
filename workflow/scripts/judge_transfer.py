"""Judge one victim on the adversarial examples of its source models."""

from mishear.core.tables.transfer import TRANSFERRED
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.transferability.examples import ExampleFiles, network_inputs
from mishear.evaluation.transferability.judging import judge_examples
from mishear.features.front_ends.building import build_front_end
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device
from mishear.runtime.environment import write_computed

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        files = ExampleFiles.of_job(snakemake)
        front_end = build_front_end(snakemake.params.front_end).to(device)
        own = files.format_of(snakemake.wildcards.front_end)
        rows = judge_examples(
            victim,
            files.read(victim.division),
            network_inputs(front_end, own, device),
            Batches.of_job(snakemake, device),
        )
        write_computed(TRANSFERRED, rows, snakemake.output.table, device)
