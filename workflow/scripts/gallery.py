"""Attack the few recordings that the report draws."""

from pathlib import Path

from mishear.attacks.judging import Threat
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import gallery_rows, select
from mishear.evaluation.results import write_examples
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        chosen = gallery_rows(victim.division, snakemake.params.recordings)
        recordings = select(Path(snakemake.input.spectrograms), victim.division, chosen)
        rows, adversarial = attack_recordings(
            victim.model,
            snakemake.params.attack,
            recordings,
            Threat.of(snakemake.params.attack, float(snakemake.wildcards.eps), victim.bounds),
            Batches(int(snakemake.wildcards.seed), len(recordings), device),
            keep_examples=True,
        )
        write_examples(recordings, adversarial, rows, Path(snakemake.output.examples))
