"""Attack the test recordings of one victim, aiming at every other class in turn."""

from pathlib import Path

from mishear.core.tables.targeted import TARGETED_RESULTS
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.reached import write_reached
from mishear.evaluation.recordings import gallery_rows, select, select_waveforms
from mishear.evaluation.targeted import aimed_at_every_class, on_inputs, on_waveforms
from mishear.features.front_ends.building import build_front_end
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        division, wanted = victim.division, snakemake.params.recordings
        rows = gallery_rows(division, wanted) if wanted else division.rows("test")
        limits = snakemake.params.attack, float(snakemake.wildcards.eps)
        batches = Batches.of_job(snakemake, device)
        if snakemake.params.attack["domain"] == "waveform":
            front_end = build_front_end(snakemake.params.front_end).to(device)
            attack = on_waveforms(victim, *limits, front_end, batches)
            recordings = select_waveforms([*map(Path, snakemake.input.waveforms)], division, rows)
        else:
            attack = on_inputs(victim, *limits, batches)
            recordings = select(Path(snakemake.input.spectrograms), division, rows)
        results, reached = aimed_at_every_class(attack, recordings)
        TARGETED_RESULTS.write(results, snakemake.output.results)
        write_reached(reached, Path(snakemake.output.examples))
