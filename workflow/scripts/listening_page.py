"""Write the page on which recordings can be played."""

from pathlib import Path

import torch

from mishear.core.tables.evaluation import SUMMARY
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.measurements import of_setting, over_seeds
from mishear.features.spectrograms import mel_front_end
from mishear.report.audio_examples import SoundFiles, chosen_recordings, played_recordings
from mishear.report.listening import write_page
from mishear.runtime.devices import use_one_thread
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        use_one_thread()
        params = snakemake.params
        files = VictimFiles.of_job(snakemake.input, params)
        victim = load_defended(files, torch.device("cpu"))
        division = victim.division
        width = len(params.recognisers)
        heard = [Path(file) for file in snakemake.input.heard]
        sounds = [
            SoundFiles(**version, sound=Path(sound), quality=Path(quality), heard=heard_in)
            for version, sound, quality, heard_in in zip(
                params.versions,
                snakemake.input.sounds,
                snakemake.input.quality,
                [heard[n * width : (n + 1) * width] for n in range(len(params.versions))],
                strict=True,
            )
        ]
        summary = of_setting(SUMMARY.frame(snakemake.input.summary), params.setting)
        write_page(
            params.setting,
            params.study,
            f"the victim of recipe {params.reference}, seed {params.seed},",
            played_recordings(
                chosen_recordings(division, params.recordings),
                division,
                sounds,
                params.recognisers,
                victim.model,
                mel_front_end(params.front_end),
                params.samples,
                over_seeds(summary[(summary.defence == "none") & summary.detector.isna()]),
                params.reference,
                params.noise,
            ),
            params.front_end["sample_rate"],
            params.colour_map,
            Path(snakemake.output.page),
        )
