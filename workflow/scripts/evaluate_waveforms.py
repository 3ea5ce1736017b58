"""Evaluate one victim under one attack on the waveform, on all test recordings or a shard."""

from pathlib import Path

from mishear.attacks.waveform import WaveformAttack
from mishear.core.tables.evaluation import RESULTS
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.recordings import select_waveforms, shard_of_job
from mishear.evaluation.waveforms import attack_waveforms
from mishear.features.spectrograms import mel_front_end
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        test = victim.division.rows("test")
        shard = shard_of_job(snakemake, len(test))
        shards = list(map(Path, snakemake.input.waveforms))
        rows = attack_waveforms(
            victim.model,
            WaveformAttack(snakemake.params.attack, float(snakemake.wildcards.eps)),
            select_waveforms(shards, victim.division, test[shard]),
            mel_front_end(snakemake.params.front_end).to(device),
            sample_rate=snakemake.params.front_end["sample_rate"],
            seed=int(snakemake.wildcards.seed),
            batch_size=snakemake.params.batch_size,
            device=device,
            sound=Path(snakemake.output.sound),
            first=shard.start,
            source=victim.source,
        )
        RESULTS.write(rows, Path(snakemake.output.results))
