"""Write the page on which recordings can be played."""

from pathlib import Path

import torch

from mishear.defences.loading import VictimFiles, load_defended
from mishear.features.front_ends.building import build_front_end
from mishear.report import audio_examples as examples
from mishear.report.listening_page import ListeningPage, write_page
from mishear.runtime.devices import use_one_thread
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        use_one_thread()
        params = snakemake.params
        inputs = {key: Path(file) for key, file in snakemake.input.items()}
        victim = load_defended(VictimFiles.of_job(snakemake.input, params), torch.device("cpu"))
        recordings = examples.played_recordings(
            examples.chosen_recordings(victim.division, params.recordings),
            victim.division,
            examples.sound_files(params.versions, params.recognisers, inputs),
            examples.Classifier(victim.model, build_front_end(params.front_end), params.samples),
            examples.noise(params.noise, params.reference, inputs["summary"], params.setting),
        )
        shown = f"the victim of recipe {params.reference}, seed {params.seed},"
        rate, colours = params.front_end["sample_rate"], params.colour_map
        page = ListeningPage(params.study, params.setting, shown, recordings, rate, colours)
        write_page(page, Path(snakemake.output.page))
