"""Learn a perturbation of waveforms for all recordings, and judge it on the test recordings."""

from functools import partial
from pathlib import Path

from mishear.attacks.waveform import WaveformAttack
from mishear.core.flac import write_sound
from mishear.core.tables.evaluation import RESULTS
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.recordings import select_waveforms
from mishear.evaluation.universal import learn_on_waveforms, training_and_test
from mishear.evaluation.waveforms import attack_waveforms, judge_sound
from mishear.features.front_ends.building import build_front_end
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        shards, division = list(map(Path, snakemake.input.waveforms)), victim.division
        train, test = training_and_test(partial(select_waveforms, shards, division), division)
        front_end = build_front_end(snakemake.params.front_end).to(device)
        batches, sound = Batches.of_job(snakemake, device), Path(snakemake.output.sound)
        attack = WaveformAttack(snakemake.params.attack, float(snakemake.wildcards.eps))
        job, kept = (train, front_end, batches), Path(snakemake.output.perturbation)
        attack = learn_on_waveforms(victim.source or victim.model, attack, *job, kept)
        rows, changed = attack_waveforms(victim.model, attack, test, front_end, batches)
        write_sound(sound, changed, snakemake.params.front_end["sample_rate"])
        results = judge_sound(rows, sound, test, victim.model, front_end, batches)
        RESULTS.write(results, snakemake.output.results)
