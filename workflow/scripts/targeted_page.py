"""Write the page on which examples of targeted attacks can be played."""

from pathlib import Path

import torch

from mishear.defences.loading import VictimFiles, load_defended
from mishear.features.front_ends.building import build_front_end
from mishear.report.audio_examples import Classifier
from mishear.report.targeted_page import TargetedPage, write_page
from mishear.report.targeted_sounds import Sources, aimed_attacks, originals
from mishear.runtime.devices import use_one_thread
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake):
        use_one_thread()
        params, files = snakemake.params, snakemake.input
        victim = load_defended(VictimFiles.of_job(files, params), torch.device("cpu"))
        classifier = Classifier(victim.model, build_front_end(params.front_end), params.samples)
        corpus = originals(map(Path, files.waveforms), Path(files.spectrograms), victim.division)
        attacks = aimed_attacks(
            params.attacks, dict(files.items()), Sources(corpus, classifier, params.iterations)
        )
        rate = params.front_end["sample_rate"]
        page = TargetedPage(params.study, params.setting, params.victim, attacks, rate)
        write_page(page, Path(snakemake.output.page))
