"""Attack spectrograms, turn them back to sound, and classify that."""

from pathlib import Path

from mishear.attacks.judging import Threat
from mishear.core.flac import write_sound
from mishear.core.tables.listening import INVERTED
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import select
from mishear.evaluation.sounds import classify_sound
from mishear.features.spectrograms import mel_front_end
from mishear.listening.inversion import inversion_rows, inverted
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        test = victim.division.rows("test")
        recordings = select(Path(snakemake.input.spectrograms), victim.division, test)
        front_end, samples = snakemake.params.front_end, snakemake.params.samples
        sound, batches = Path(snakemake.output.sound), Batches.of_job(snakemake, device)
        attack, eps = snakemake.params.attack, float(snakemake.wildcards.eps)
        threat = Threat.of(attack, eps, victim.bounds)
        rows, adversarial = attack_recordings(
            victim.model, attack, recordings, threat, batches, keep_examples=True
        )
        waveforms = inverted(adversarial, front_end, samples, snakemake.params.iterations)
        write_sound(sound, waveforms, front_end["sample_rate"])
        mel = mel_front_end(front_end).to(device)
        round_trip, played = (
            classify_sound(victim.model, mel, path, samples, len(recordings), batches)
            for path in (Path(snakemake.input.round_trip), sound)
        )
        rows = inversion_rows(recordings, rows, round_trip, played)
        INVERTED.write(rows, snakemake.output.results)
