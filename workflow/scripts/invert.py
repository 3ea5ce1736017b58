"""Attack spectrograms, turn them back to sound, and hear what is left of the attack."""

from pathlib import Path

from mishear.core.flac import write_sound
from mishear.core.tables.listening import INVERTED
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import select
from mishear.evaluation.sounds import hear_sound
from mishear.features.spectrograms import mel_front_end
from mishear.listening.inversion import inversion_rows, inverted
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        test = victim.division.rows("test")
        recordings = select(Path(snakemake.input.spectrograms), victim.division, test)
        front_end, samples = snakemake.params.front_end, snakemake.params.samples
        sound = Path(snakemake.output.sound)
        seed, batch_size = int(snakemake.wildcards.seed), snakemake.params.batch_size
        attacked, adversarial = attack_recordings(
            victim.model,
            snakemake.params.attack,
            recordings,
            eps=float(snakemake.wildcards.eps),
            bounds=victim.bounds,
            seed=seed,
            batch_size=batch_size,
            device=device,
            keep_examples=True,
        )
        write_sound(
            sound,
            inverted(adversarial, front_end, samples, snakemake.params.iterations),
            front_end["sample_rate"],
        )
        round_trip, played = (
            hear_sound(
                victim.model,
                mel_front_end(front_end).to(device),
                path,
                samples,
                len(recordings),
                seed,
                batch_size,
                device,
            )
            for path in (Path(snakemake.input.round_trip), sound)
        )
        INVERTED.write(
            inversion_rows(recordings, attacked, round_trip, played),
            Path(snakemake.output.results),
        )
