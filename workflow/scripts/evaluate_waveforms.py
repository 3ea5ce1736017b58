"""Evaluate one victim under one attack on the waveform, on all test recordings or a shard."""

from pathlib import Path

from mishear.attacks.waveform import WaveformAttack
from mishear.defences.base import load_defended
from mishear.evaluation.recordings import select_waveforms, shard_rows
from mishear.evaluation.results import write_results
from mishear.evaluation.waveforms import attack_waveforms
from mishear.features.cache import read_bounds
from mishear.features.spectrograms import mel_front_end
from mishear.features.split import read_split
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        division = read_split(Path(snakemake.input.split))
        test = division.rows("test")
        rows_of_job = shard_rows(
            len(test),
            shard=int(getattr(snakemake.wildcards, "shard", 0)),
            shards=int(getattr(snakemake.wildcards, "shards", 1)),
            batch_size=snakemake.params.batch_size,
        )
        shards = [Path(shard) for shard in snakemake.input.waveforms]
        front_end = snakemake.params.front_end
        common = {
            "network": snakemake.params.network,
            "classes": len(division.classes),
            "bounds": read_bounds(Path(snakemake.input.bounds)),
            "device": device,
        }
        source = None
        if hasattr(snakemake.input, "source"):
            source = load_defended(weights=Path(snakemake.input.source), defences=[], **common)
        rows = attack_waveforms(
            load_defended(
                weights=Path(snakemake.input.victim),
                defences=snakemake.params.defence,
                packages=getattr(snakemake.input, "peer_packages", None),
                **common,
            ),
            WaveformAttack(snakemake.params.attack, float(snakemake.wildcards.eps)),
            select_waveforms(shards, division, test[rows_of_job]),
            mel_front_end(front_end).to(device),
            sample_rate=front_end["sample_rate"],
            seed=int(snakemake.wildcards.seed),
            batch_size=snakemake.params.batch_size,
            device=device,
            sound=Path(snakemake.output.sound),
            first=rows_of_job.start,
            source=source,
        )
        write_results(rows, Path(snakemake.output.results))
