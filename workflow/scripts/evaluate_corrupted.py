"""Evaluate one victim on test recordings with one corruption, at all its severities."""

from pathlib import Path

from mishear.core.tables.corruptions import CORRUPTED
from mishear.corruptions.building import build_corruptions
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.corrupted import classify_corrupted, contexts_of, voices_of
from mishear.evaluation.recordings import select_waveforms
from mishear.features.front_ends.building import build_front_end
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        division, front_end = victim.division, snakemake.params.front_end
        test, shards = division.rows("test"), list(map(Path, snakemake.input.waveforms))
        voices = voices_of(shards, division)
        rows = classify_corrupted(
            victim.model,
            select_waveforms(shards, division, test),
            contexts_of(division, test, front_end["sample_rate"], voices),
            build_corruptions(snakemake.params.corruption),
            build_front_end(front_end).to(device),
            Batches.of_job(snakemake, device),
        )
        CORRUPTED.write(rows, snakemake.output.results)
