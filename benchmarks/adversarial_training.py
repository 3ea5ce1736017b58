"""Adversarial training against ART's, with the same network, data, batch size, eps and steps.

    make oracles
    snakemake --cores 2 --configfile config/fsdd.yaml
    PYTHONPATH=src python benchmarks/adversarial_training.py

Both train with PGD from a random start (Madry et al. 2018) and a constant learning rate, in turn,
in processes of their own with one thread. Times are CPU seconds, which on a machine that does
nothing else are those of the clock. Robust accuracy is that of the test split under Foolbox's PGD
with 40 steps at the eps trained with. ART is given the network as it is built; with
``--channels-last`` in the memory format in which Mishear trains.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.running import attack_batch
from mishear.config.recipes import Adversarial, Recipe
from mishear.core.statistics import wilson_interval
from mishear.defences.defended import DefendedVictim
from mishear.features.split import read_split
from mishear.poisoning.training_set import training_set
from mishear.runtime.devices import use_one_thread
from mishear.training.building import build_network, prepared
from mishear.training.inputs import TrainingData, TrainingInputs
from mishear.training.trainer import train

ROOT = Path(__file__).parents[1]
ORACLES = ROOT / ".oracles"
CPU = torch.device("cpu")
NETWORK = {"class": "PaperCNN", "params": {}}
ATTACK = {"class": "LinfPGD", "params": {"rel_stepsize": 0.05, "steps": 40}}


def recipe(arguments: argparse.Namespace) -> dict:
    """Return the recipe that Mishear trains with; ART gets the same in its own terms."""
    adversarial = Adversarial(eps=[arguments.eps], steps=arguments.steps, rel_stepsize=0.25)
    chosen = Recipe(
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        learning_rate=0.001,
        adversarial=adversarial,
    ).model_dump()
    chosen["adversarial"]["eps"] = arguments.eps
    return chosen


def train_mishear(arguments, clean, division, bounds, seed: int):
    inputs = TrainingInputs(clean, None, training_set(division, None, seed))
    settings = recipe(arguments)
    return train(NETWORK, settings, TrainingData(inputs, division, bounds), seed, CPU).network


def train_art(arguments, clean, division, bounds, seed: int):
    from art.defences.trainer import AdversarialTrainerMadryPGD
    from art.estimators.classification import PyTorchClassifier

    torch.manual_seed(seed)
    np.random.seed(seed)
    model = build_network(NETWORK, len(division.classes))
    if arguments.channels_last:
        model = prepared(model, CPU)
    settings = recipe(arguments)
    classifier = PyTorchClassifier(
        model=model,
        loss=torch.nn.CrossEntropyLoss(),
        optimizer=torch.optim.Adam(model.parameters(), lr=settings["learning_rate"]),
        input_shape=clean.shape[1:],
        nb_classes=len(division.classes),
        clip_values=bounds,
        device_type="cpu",
    )
    trainer = AdversarialTrainerMadryPGD(
        classifier,
        nb_epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        eps=arguments.eps,
        eps_step=settings["adversarial"]["rel_stepsize"] * arguments.eps,
        max_iter=arguments.steps,
        num_random_init=1,
    )
    rows = division.rows("train")
    one_hot = np.eye(len(division.classes), dtype=np.float32)[division.class_indices[rows]]
    trainer.fit(clean[rows], one_hot)
    return model


TRAINERS = {"mishear": train_mishear, "art": train_art}


def correct(model, arguments, clean, division, bounds) -> dict[str, int]:
    """Count the test recordings that are classified correctly clean and under attack."""
    rows = division.rows("test")
    inputs, labels = torch.from_numpy(clean[rows]), division.class_indices[rows]
    victim = DefendedVictim(prepared(model, CPU).eval().requires_grad_(False))
    attack, targets = build_attack(ATTACK), torch.from_numpy(labels)
    outcome = attack_batch(victim, attack, inputs, targets, Threat(arguments.eps, bounds), seed=0)
    clean = outcome.correct_clean(labels)
    return {
        "clean": int(clean.sum()),
        "robust": int((clean & (outcome.adversarial_prediction == labels)).sum()),
    }


def work(arguments: argparse.Namespace) -> None:
    """Train with one library and print what came of it as JSON."""
    use_one_thread()
    clean = np.load(arguments.spectrograms)
    division = read_split(arguments.split)
    bounds = float(clean.min()), float(clean.max())
    start = time.process_time()
    data = (arguments, clean, division, bounds)
    model = TRAINERS[arguments.trainer](*data, arguments.seed)
    seconds = (time.process_time() - start) / arguments.epochs
    counts = correct(model, *data)
    print(json.dumps({"seconds": seconds, "n": len(division.rows("test")), **counts}))


def trained(trainer: str, seed: int) -> dict:
    """Run one training in a process of its own and return what it prints."""
    paths = [str(ROOT / "src"), str(ORACLES)] if trainer == "art" else [str(ROOT / "src")]
    command = [sys.executable, __file__, *sys.argv[1:], "--trainer", trainer, "--seed", str(seed)]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "HOME": home}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{trainer} failed")
    return json.loads(done.stdout.splitlines()[-1])


def accuracy(count: int, n: int) -> str:
    low, high = wilson_interval(count, n)
    return f"{count / n:.3f} ({low:.3f} to {high:.3f})"


def compare(arguments: argparse.Namespace) -> None:
    """Train with both in turn, and print times and accuracies."""
    if not (ORACLES / "art").is_dir():
        sys.exit("ART is not in .oracles: run 'make oracles'")
    for path in (arguments.spectrograms, arguments.split):
        if not path.is_file():
            sys.exit(
                f"{path} is not there: run 'snakemake --cores 2 --configfile config/fsdd.yaml'"
            )
    seeds = arguments.seeds
    ratios = []
    totals: dict[str, list[dict]] = {trainer: [] for trainer in TRAINERS}
    for seed in range(seeds):
        for trainer, found in totals.items():
            found.append(trained(trainer, seed))
            last = found[-1]
            clean, robust = (accuracy(last[key], last["n"]) for key in ("clean", "robust"))
            print(
                f"seed {seed} {trainer:8} {last['seconds']:6.2f} s an epoch, clean {clean}, "
                f"robust {robust}",
                flush=True,
            )
        ratios.append(totals["art"][-1]["seconds"] / totals["mishear"][-1]["seconds"])
    for trainer, found in totals.items():
        n = sum(run["n"] for run in found)
        seconds = statistics.median(run["seconds"] for run in found)
        clean, robust = (accuracy(sum(run[key] for run in found), n) for key in ("clean", "robust"))
        print(f"{trainer:8} median {seconds:.2f} s an epoch, clean {clean}, robust {robust}, n {n}")
    print(
        f"as fast as ART, times: median {statistics.median(ratios):.2f}, "
        f"{min(ratios):.2f} to {max(ratios):.2f} in {seeds} runs"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    results = ROOT / "results"
    spectrograms = next(results.glob("spectrograms/fsdd/mel64/clean-*/spectrograms.npy"), None)
    parser.add_argument("--spectrograms", type=Path, default=spectrograms)
    parser.add_argument("--split", type=Path, default=next(results.glob("splits/fsdd-*.csv"), None))
    parser.add_argument("--eps", type=float, default=0.5, help="dB")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--seeds", type=int, default=5, help="how many trainings of each")
    parser.add_argument("--channels-last", action="store_true", help="of ART's network")
    parser.add_argument("--trainer", choices=TRAINERS, help="train with one and print JSON")
    parser.add_argument("--seed", type=int, default=0, help="of --trainer")
    arguments = parser.parse_args()
    if arguments.trainer:
        work(arguments)
    else:
        compare(arguments)


if __name__ == "__main__":
    main()
