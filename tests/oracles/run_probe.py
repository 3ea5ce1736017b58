"""Probe the other libraries on a small victim, train it with ART, and look for poison with ART.

``run_probe.py IN.npz``: the file holds spectrograms and bounds; of two classes, which take turns.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

from mishear.features.split import Division
from mishear.libraries.bench import Bench
from mishear.libraries.detectors import art_activation_clustering, art_spectral_signatures
from mishear.libraries.probe import probe_libraries, write_probe
from mishear.libraries.training import train_with_art
from mishear.poisoning.training_set import training_set
from mishear.training.inputs import TrainingData, TrainingInputs

NETWORK = {"class": "PaperCNN", "params": {}}
RECIPE = {
    "epochs": 3,
    "batch_size": 8,
    "learning_rate": 0.002,
    "adversarial": {"eps": 1.0, "steps": 3, "rel_stepsize": 0.5, "random_start": True},
}
CPU = torch.device("cpu")


def main(source: str) -> None:
    torch.set_num_threads(1)
    with np.load(source) as file:
        spectrograms, bounds = file["spectrograms"], tuple(file["bounds"].tolist())
    count = len(spectrograms)
    splits = np.array(["train", "train", "train", "validation", "test", "test"] * (count // 6))
    names = np.array([f"{number}.wav" for number in range(count)])
    division = Division(names, np.array(["a", "b"] * (count // 2)), names, splits, names)
    inputs = TrainingInputs(spectrograms, None, training_set(division, None, 0))
    data = TrainingData(inputs, division, bounds)
    trainings = [train_with_art(NETWORK, RECIPE, data, seed, CPU) for seed in (0, 0, 1)]
    first = trainings[0]
    weights = [trained.network.classifier.weight.tolist() for trained in trainings]
    written = {"history": first.history, "accuracies": first.accuracies, "weights": weights}
    Path("training.json").write_text(json.dumps(written))
    victim = first.network.eval().requires_grad_(False)
    bench = Bench(NETWORK, victim, spectrograms, division, bounds, seed=0, device=CPU, limit=20)
    write_probe(probe_libraries(bench), Path("probe.csv"))
    Path("flags.json").write_text(json.dumps(flags()))


def flags() -> dict[str, list]:
    """What the detectors flag among 200 features, of which the last ten of class 0 are others."""
    random = np.random.default_rng(0)
    features = random.normal(0, 1, (200, 30)).astype(np.float32)
    features[90:100] += 8
    labels = np.repeat([0, 1], 100)
    found = {
        "clustering": art_activation_clustering(features, labels, 2, 0),
        "again": art_activation_clustering(features, labels, 2, 0),
        "signatures": art_spectral_signatures(features, labels, 2, expected_pp_poison=0.05),
    }
    return {name: array.tolist() for name, array in found.items()}


if __name__ == "__main__":
    main(*sys.argv[1:])
