"""A small study that uses every rule that needs no network and no other library."""

from tests.projects import TINY

_SMALL = {
    "front_ends": {"mel16": {"sample_rate": 16000, "params": {"n_fft": 512, "n_mels": 16}}},
    "corpora": {"tiny": {"source": "espeak", "speakers": 6, "repetitions": 2, "shards": 2}},
    "report": {"gallery": {"recordings": 2}, "paper_reference": False},
}

EVERY_RULE = {
    **TINY,
    **_SMALL,
    "study": {
        "name": "soak",
        "corpora": ["tiny"],
        "front_ends": ["mel16"],
        "networks": ["paper-cnn"],
        "recipes": ["standard", "backdoor", "noisy"],
        "attacks": ["fgsm", "pgd", "cw", "waveform-fgsm", "everywhere", "waveform-everywhere"],
        "corruptions": ["white-noise"],
        "defences": ["none", "median", "smoothing"],
        "seeds": [0],
    },
    "recipes": {
        "standard": {"epochs": 2, "defences": ["none", "median"]},
        "noisy": {"epochs": 2, "noise": {"sigma": [1]}, "defences": ["none", "smoothing"]},
        "backdoor": {
            "epochs": 2,
            "attacks": [],
            "poison": {
                "class": "Backdoor",
                "target": 3,
                "amplitude": [0.1],
                "rate": [0.2],
                "detectors": ["signatures"],
            },
        },
    },
    "attacks": {
        "fgsm": {"class": "LinfFastGradientAttack", "eps": [0.5, 1.0]},
        "pgd": {
            "class": "LinfPGD",
            "params": {"rel_stepsize": 0.2, "steps": 5},
            "eps": [0.5],
            "shards": 2,
        },
        "cw": {
            "class": "L2CarliniWagnerAttack",
            "params": {"steps": 5, "binary_search_steps": 1},
        },
        "waveform-fgsm": {
            "class": "LinfFastGradientAttack",
            "domain": "waveform",
            "budget": "snr",
            "eps": [20],
        },
        "everywhere": {
            "class": "mishear.attacks.universal.LinfUniversalPGD",
            "params": {"steps": 2},
            "universal": True,
            "eps": [1],
        },
        "waveform-everywhere": {
            "class": "mishear.attacks.universal.LinfUniversalPGD",
            "params": {"steps": 2},
            "universal": True,
            "domain": "waveform",
            "budget": "snr",
            "eps": [20],
        },
    },
    "defences": {
        "median": {"class": "MedianSmoothing", "params": {"size": 3}},
        "smoothing": {
            "class": "RandomisedSmoothing",
            "params": {"sigma": 1.0, "votes": 4},
            "certificate": {"selection": 4, "samples": 10, "confidence": 0.9},
        },
    },
    "detectors": {"signatures": {"class": "SpectralSignatures", "params": {"expected_rate": 0.1}}},
    "checks": {"recordings": 10, "queries": 20},
    "transfer": {"attacks": ["fgsm", "waveform-fgsm"]},
    "targeted": {"attacks": ["pgd"], "recordings": 10},
    "listening": {"recognisers": [], "inversion": {"attacks": ["fgsm"], "iterations": 2}},
}
