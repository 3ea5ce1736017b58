"""Attack spectrograms, turn them back to sound, and hear what is left of the attack."""

from pathlib import Path

from mishear.core.flac import write_sound
from mishear.defences.base import load_defended
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.recordings import select
from mishear.evaluation.sounds import hear_sound
from mishear.features.cache import read_bounds
from mishear.features.spectrograms import mel_front_end
from mishear.features.split import read_split
from mishear.listening.inversion import inversion_rows, inverted, write_inversions
from mishear.runtime.devices import device_for
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with (
        job_log(snakemake.log[0]),
        device_for(snakemake.params.device, snakemake.resources.jobs_per_gpu) as device,
    ):
        division = read_split(Path(snakemake.input.split))
        recordings = select(Path(snakemake.input.spectrograms), division, division.rows("test"))
        bounds = read_bounds(Path(snakemake.input.bounds))
        front_end, samples = snakemake.params.front_end, snakemake.params.samples
        sound = Path(snakemake.output.sound)
        seed, batch_size = int(snakemake.wildcards.seed), snakemake.params.batch_size
        victim = load_defended(
            snakemake.params.network,
            Path(snakemake.input.victim),
            defences=[],
            classes=len(division.classes),
            bounds=bounds,
            device=device,
        )
        attacked, adversarial = attack_recordings(
            victim,
            snakemake.params.attack,
            recordings,
            eps=float(snakemake.wildcards.eps),
            bounds=bounds,
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
                victim,
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
        write_inversions(
            inversion_rows(recordings, attacked, round_trip, played),
            Path(snakemake.output.results),
        )
