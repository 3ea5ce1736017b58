"""A small study that uses every rule that needs no network and no other library."""

from typing import Any

_FGSM = {"class": "LinfFastGradientAttack", "eps": [0.5]}
_UNIVERSAL = {
    "class": "mishear.attacks.universal.LinfUniversalPGD",
    "params": {"steps": 1},
    "universal": True,
    "eps": [1],
}
_WAVEFORM = {"domain": "waveform", "budget": "snr", "eps": [20]}

EVERY_RULE: dict[str, Any] = {
    "study": {
        "name": "soak",
        "corpora": ["tiny"],
        "front_ends": ["mel16"],
        "networks": ["paper-cnn"],
        "recipes": ["standard", "noisy", "backdoor"],
        "attacks": ["pgd", "waveform-fgsm", "everywhere", "waveform-everywhere"],
        "corruptions": ["white-noise"],
        "defences": ["none", "smoothing"],
        "seeds": [0],
        "require": [{"clean_accuracy": 0.001, "recipe": "standard"}],
    },
    "corpora": {"tiny": {"source": "espeak", "speakers": 6, "repetitions": 1, "shards": 2}},
    "front_ends": {"mel16": {"sample_rate": 16000, "params": {"n_fft": 512, "n_mels": 16}}},
    "networks": {"paper-cnn": {"class": "PaperCNN"}},
    "split": {"train": 0.6, "validation": 0.2, "test": 0.2},
    "recipes": {
        "standard": {"epochs": 2},
        "noisy": {
            "epochs": 2,
            "noise": {"sigma": [1]},
            "attacks": ["fgsm"],
            "defences": ["none"],
        },
        "backdoor": {
            "epochs": 2,
            "attacks": [],
            "defences": ["none"],
            "poison": {
                "class": "Backdoor",
                "params": {"frequency": 900},
                "target": 3,
                "amplitude": [0.1],
                "rate": [0.2],
                "detectors": ["signatures"],
            },
        },
    },
    "attacks": {
        "fgsm": _FGSM,
        "pgd": {"class": "LinfPGD", "params": {"steps": 2}, "eps": [0.5], "shards": 2},
        "square": {
            "class": "mishear.attacks.autoattack.LinfSquare",
            "params": {"queries": 5},
            "eps": [0.5],
        },
        "waveform-fgsm": _FGSM | _WAVEFORM,
        "everywhere": _UNIVERSAL,
        "waveform-everywhere": _UNIVERSAL | _WAVEFORM,
    },
    "corruptions": {"white-noise": {"class": "WhiteNoise", "severities": [20]}},
    "defences": {
        "smoothing": {
            "class": "RandomisedSmoothing",
            "params": {"sigma": 1.0, "votes": 2},
            "attacks": ["square"],
            "certificate": {"selection": 2, "samples": 5, "confidence": 0.9},
        },
    },
    "detectors": {"signatures": {"class": "SpectralSignatures", "params": {"expected_rate": 0.1}}},
    "checks": {
        "recordings": 5,
        "queries": 5,
        "noise_draws": 2,
        "attacks": ["pgd", "waveform-fgsm"],
    },
    "transfer": {"attacks": ["fgsm"], "sources": ["mel16/paper-cnn/standard"]},
    "targeted": {"attacks": ["pgd"], "recordings": 5},
    "listening": {
        "recognisers": [],
        "inversion": {"attacks": ["fgsm"], "iterations": 2},
        "page": {"recordings": 1, "eps": 1},
    },
    "report": {"gallery": {"recordings": 1}, "paper_reference": False},
}
