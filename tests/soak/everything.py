"""Studies that together define every key of the config, and the files that they name."""

import hashlib
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from safetensors.torch import save

from mishear.training.networks import M5
from tests.soak.study import EVERY_RULE

LABELS = ["left", "right", "stop"]

SCORES = """
import numpy as np


class Recogniser:
    def __init__(self, hertz: float = 60.0):
        self.hertz = hertz

    def scores(self, waveforms, sample_rate):
        return np.tile(np.arange(3.0), (len(waveforms), 1))


class Ear:
    def __init__(self, classes, words=None):
        self.classes = classes

    def transcribe(self, waveforms, sample_rate):
        return ["" for _ in waveforms]

    def classify(self, transcript):
        return ""
"""

PROGRAM = """
import sys

for line in sys.stdin:
    print("0,1,2", flush=True)
"""

SQUARE = {
    "class": "mishear.attacks.autoattack.LinfSquare",
    "params": {"queries": 5},
    "domain": "waveform",
    "budget": "snr",
    "eps": [40, 20],
}


def weights(seed: int) -> bytes:
    """Return the file of a network that is not trained."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return save(M5(len(LABELS)).state_dict())


VARIETY: dict[str, Any] = {
    "study": {
        "name": "variety",
        "corpora": ["own"],
        "front_ends": ["samples"],
        "networks": ["m5", "mine", "scored", "service"],
        "victims": [
            {
                "corpora": ["own"],
                "front_ends": ["samples"],
                "networks": ["m5", "mine"],
                "recipes": ["plain", "trades", "madry"],
                "seeds": [0],
            },
            {"networks": ["scored", "service"]},
        ],
        "recipes": ["plain", "trades", "madry"],
        "attacks": ["pgd"],
        "corruptions": ["noise"],
        "defences": ["none", "both"],
        "seeds": [0, 1],
        "require": [
            {
                "accuracy": 0.001,
                "attack": "pgd",
                "eps": 20,
                "corpus": "own",
                "front_end": "samples",
                "network": "m5",
                "recipe": "plain",
                "defence": "none",
                "evaluation": "adaptive",
            },
            {"accuracy": 0.001, "corruption": "noise", "severity": 1},
            {"clean_accuracy": 0.001},
        ],
    },
    "corpora": {
        "own": {
            "source": "folder",
            "path": "recordings",
            "pattern": r"(?P<label>[a-z]+)/(?P<speaker>[a-z]+)_(?P<take>\d)",
            "classes": LABELS,
        }
    },
    "front_ends": {"samples": {"class": "Waveform", "sample_rate": 16000, "seconds": 0.5}},
    "networks": {
        "m5": {"class": "M5"},
        "mine": {
            "class": "M5",
            "weights": "mine.safetensors",
            "labels": LABELS,
            "sha256": hashlib.sha256(weights(0)).hexdigest(),
        },
        "scored": {
            "class": "my_scores.Recogniser",
            "params": {"hertz": 50},
            "scores_only": True,
            "labels": LABELS,
            "attacks": ["square"],
        },
        "service": {
            "command": ["python", "serve.py"],
            "files": ["my_scores.py"],
            "labels": LABELS,
            "attacks": ["square"],
        },
    },
    "split": {"by": "speaker", "train": 0.6, "validation": 0.2, "test": 0.2},
    "recipes": {
        "plain": {"epochs": 1},
        "madry": {"epochs": 1, "adversarial": {"eps": [0.001], "steps": 1}},
        "trades": {
            "epochs": 1,
            "adversarial": {"method": "trades", "eps": [0.001], "steps": 1, "beta": 1},
        },
    },
    "attacks": {
        "pgd": {
            "class": "LinfPGD",
            "params": {"steps": 1},
            "domain": "waveform",
            "budget": "snr",
            "eps": [40, 20],
        },
        "square": SQUARE,
    },
    "corruptions": {
        "noise": {"class": "Reverberation", "params": {"rooms": 2}, "severities": [0.2, 0.4]}
    },
    "defences": {
        "squeezing": {"class": "FeatureSqueezing", "params": {"bits": 6}},
        "other": {"class": "FeatureSqueezing", "params": {"bits": 8}},
        "both": {"chain": ["squeezing", "other"], "attacks": ["square"]},
    },
    "checks": {"recordings": 5, "attacks": ["pgd"]},
    "report": {"gallery": {"recordings": 1}, "paper_reference": False},
}
"""Recordings, models and programs of the user's own, in folds, on waveforms."""

ARCHIVE, UNKNOWN = "recordings.tar.gz", "0" * 64
CORPORA: dict[str, Any] = {
    "study": {
        "name": "archives",
        "corpora": ["packed", "fsdd", "audiomnist"],
        "front_ends": ["mel16"],
        "networks": ["paper-cnn"],
        "recipes": ["standard", "flipped"],
        "attacks": ["fgsm", "again"],
        "seeds": [0],
    },
    "corpora": {
        "packed": {
            "source": "folder",
            "path": ARCHIVE,
            "sha256": UNKNOWN,
            "pattern": r"(?P<label>[a-z]+)/(?P<speaker>[a-z]+)",
        },
        "fsdd": {"source": "fsdd", "archive": ARCHIVE, "sha256": UNKNOWN},
        "audiomnist": {"source": "audiomnist", "archive": ARCHIVE, "sha256": UNKNOWN, "shards": 2},
    },
    "front_ends": EVERY_RULE["front_ends"],
    "recipes": {
        "standard": {"epochs": 1},
        "flipped": {
            "epochs": 1,
            "poison": {
                "class": "TargetedLabelFlip",
                "rate": [0.2],
                "target": "3",
                "sources": ["4"],
            },
        },
    },
    "attacks": {
        "fgsm": EVERY_RULE["attacks"]["fgsm"],
        "again": {"class": "LinfPGD", "params": {"steps": 1}, "eps": [0.5], "after": ["fgsm"]},
    },
    "recognisers": {"ear": {"class": "Pocketsphinx", "params": {"words": {"left": ["left"]}}}},
    "listening": {"recognisers": ["ear"]},
    "checks": {"recordings": 5},
    "report": {"gallery": {"recordings": 1}, "paper_reference": False},
}
"""All corpora that come as archives."""


def write_files(folder: Path) -> None:
    """Write what these studies name: recordings, archives, a trained network, code."""
    random = np.random.default_rng(0)
    for name in ("recordings", "others"):
        for label in LABELS:
            for speaker in ("anna", "ben", "cleo"):
                for take in range(2):
                    path = folder / name / label / f"{speaker}_{take}.wav"
                    path.parent.mkdir(parents=True, exist_ok=True)
                    soundfile.write(path, random.normal(0, 0.1, 8000), 16000)
        with tarfile.open(folder / f"{name}.tar.gz", "w:gz") as archive:
            archive.add(folder / name, name)
    for seed, name in enumerate(("mine", "mine-too")):
        (folder / f"{name}.safetensors").write_bytes(weights(seed))
    for name, text in {"my_scores": SCORES, "serve": PROGRAM, "serve_too": PROGRAM}.items():
        (folder / f"{name}.py").write_text(text)
    index = [
        f"{label}/{speaker}_{take}.wav" for label in LABELS for speaker in "ab" for take in "01"
    ]
    splits = ["train", "train", "validation", "test"] * 3
    lines = [f"{name},{split}" for name, split in zip(index, splits, strict=True)]
    (folder / "mine.csv").write_text("\n".join(["recording,split", *lines, ""]))


STUDIES = {"every rule": EVERY_RULE, "variety": VARIETY, "archives": CORPORA}
