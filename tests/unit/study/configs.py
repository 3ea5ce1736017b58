"""A config in which tests of the plan change a few keys."""

from mishear.config.config import Config
from mishear.config.loading import load

NOISE = {"class": "UniformNoise", "amplitude": [0.01], "rate": [1.0]}
FLIPS = {"class": "RandomLabelFlip", "rate": [0.5]}
RECIPES = {
    "standard": {"attacks": ["cw"]},
    "adversarial": {"adversarial": {"eps": [0.5, 2]}},
    "gaussian": {"noise": {"sigma": [3]}},
    "both": {
        "poison": {"class": "UniformNoise", "amplitude": [0.01, 0.1], "rate": [0.5]},
        "adversarial": {"eps": [0.5]},
        "noise": {"sigma": [1]},
    },
}
PLAIN = {"standard": {}}
NOISY = {"noise": {"poison": NOISE}}
DEFENCES = {
    "median": {"class": "MedianSmoothing"},
    "smoothed": {"class": "RandomisedSmoothing", "certificate": {"confidence": 0.99}},
    "both-of-them": {"chain": ["smoothed", "median"]},
}
ATTACKS = {
    "pgd": {"class": "LinfPGD", "eps": [0.5, 1]},
    "cw": {"class": "L2CarliniWagnerAttack"},
    "fgsm": {"class": "LinfFastGradientAttack", "eps": [0.5, 1]},
    "wave": {"class": "LinfPGD", "domain": "waveform", "budget": "snr", "eps": [40, 20]},
}
SETTING = {"corpus": "a", "front_end": "mel", "network": "net"}
VICTIM = SETTING | {"recipe": "standard", "seed": "0", "fold": ""}


SECTIONS = (
    "attacks",
    "defences",
    "checks",
    "listening",
    "report",
    "split",
    "recognisers",
    "corruptions",
    "detectors",
    "targeted",
    "transfer",
)


def raw(recipes=RECIPES, used=None, **changes):
    """A config as Snakemake reads it.

    Changes that are lists, and those of other keys than ``SECTIONS``, are keys of ``study``.
    """
    sections = {
        key: value
        for key, value in changes.items()
        if key in SECTIONS and not isinstance(value, list)
    }
    study = {key: value for key, value in changes.items() if key not in sections}
    return {
        "study": {
            "name": "s",
            "corpora": ["a"],
            "front_ends": ["mel"],
            "networks": ["net"],
            "recipes": list(recipes if used is None else used),
            "attacks": ["pgd"],
            **study,
        },
        "corpora": {"a": {"source": "espeak"}},
        "front_ends": {"mel": {}},
        "networks": {"net": {"class": "PaperCNN"}},
        "recipes": recipes,
        "defences": DEFENCES,
        **sections,
        "attacks": ATTACKS | sections.get("attacks", {}),
    }


def config(*arguments, **changes) -> Config:
    """The checked config of :func:`raw`."""
    return load(raw(*arguments, **changes))


TRAINED_NETWORK = {"class": "PaperCNN", "weights": "mine.pt", "labels": list(range(10))}


def mixed(**changes):
    """A study of a network that it trains and of one that came trained."""
    found = raw(PLAIN | {"gaussian": {"noise": {"sigma": [3]}}}, **changes)
    found["networks"]["mine"] = TRAINED_NETWORK
    found["study"]["networks"] = ["net", "mine"]
    return load(found)
