"""Evaluate one victim under one attack on the waveform, on all test recordings or a shard."""

from pathlib import Path

from mishear.attacks.waveform import WaveformAttack
from mishear.core.flac import write_sound
from mishear.core.tables.evaluation import RESULTS
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.recordings import rows_of_job, select_waveforms
from mishear.evaluation.waveforms import attack_waveforms, judge_sound
from mishear.features.front_ends.building import build_front_end
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        rows, first = rows_of_job(snakemake, victim.division)
        shards, definition = list(map(Path, snakemake.input.waveforms)), snakemake.params.front_end
        recordings = select_waveforms(shards, victim.division, rows)
        attack = WaveformAttack(snakemake.params.attack, float(snakemake.wildcards.eps))
        front_end, batches = build_front_end(definition), Batches.of_job(snakemake, device, first)
        results, waveforms = attack_waveforms(
            victim.model, attack, recordings, front_end.to(device), batches, victim.source
        )
        sound = Path(snakemake.output.sound)
        write_sound(sound, waveforms, definition["sample_rate"])
        judged = judge_sound(results, sound, recordings, victim.model, front_end, batches)
        RESULTS.write(judged, snakemake.output.results)
