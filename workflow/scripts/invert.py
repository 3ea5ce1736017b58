"""Invert adversarial inputs to audio, and classify what is left of the attack."""

from pathlib import Path

from mishear.core.flac import write_sound
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.results import read_examples, read_results
from mishear.evaluation.sounds import classify_sound
from mishear.features.front_ends.building import build_front_end
from mishear.listening.inversion import inversion_rows, inverted, write_inversions
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        files, params, output = snakemake.input, snakemake.params, snakemake.output
        victim = load_defended(VictimFiles.of_job(files, params), device)
        names = victim.division.recordings[victim.division.rows("test")]
        adversarial, samples = read_examples(files.examples, names), params.samples
        front_end, batches = build_front_end(params.front_end), Batches.of_job(snakemake, device)
        sound = inverted(adversarial, front_end, samples, params.iterations)
        write_sound(Path(output.sound), sound, params.front_end["sample_rate"])
        built = front_end.to(device)
        round_trip, changed = (
            classify_sound(victim.model, built, Path(path), samples, len(names), batches)
            for path in (files.round_trip, output.sound)
        )
        classes, results = victim.division.classes, read_results(files.results).of(names)
        rows = inversion_rows(results, classes, round_trip, changed)
        write_inversions(rows, output.results, device)
