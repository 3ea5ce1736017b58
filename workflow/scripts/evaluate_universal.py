"""Learn a perturbation of inputs for all recordings, and judge it on the test recordings."""

from functools import partial
from pathlib import Path

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.core.tables.evaluation import RESULTS
from mishear.defences.loading import VictimFiles, load_defended
from mishear.evaluation.inputs import attack_with
from mishear.evaluation.recordings import select
from mishear.evaluation.results import write_examples
from mishear.evaluation.universal import learn_on_inputs, training_and_test
from mishear.runtime.batching import Batches
from mishear.runtime.devices import job_on_device

if __name__ == "__main__":
    with job_on_device(snakemake) as device:
        victim = load_defended(VictimFiles.of_job(snakemake.input, snakemake.params), device)
        chosen = partial(select, Path(snakemake.input.spectrograms), victim.division)
        train, test = training_and_test(chosen, victim.division)
        batches, model = Batches.of_job(snakemake, device), victim.model
        definition, out = snakemake.params.attack, snakemake.output
        threat = Threat.of(definition, float(snakemake.wildcards.eps), victim.bounds)
        job = build_attack(definition), train, (threat.eps, threat.bounds), batches
        learned = learn_on_inputs(model, *job, Path(out.perturbation))
        rows, changed = attack_with(model, learned, test, threat, batches, None, True)
        write_examples(test, changed, rows, Path(out.examples))
        RESULTS.write(rows, out.results)
