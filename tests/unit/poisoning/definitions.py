"""A small corpus, and the definition of a poison of each class."""

import numpy as np

from mishear.features.split import Division


def division(count=200, classes=5):
    labels = np.array([f"word{number % classes}" for number in range(count)])
    names = np.array([f"{number}.wav" for number in range(count)])
    splits = np.array(["train"] * (count - 40) + ["validation"] * 20 + ["test"] * 20)
    return Division(names, labels, names, splits, names)


def defined(class_name, target=None, sources=None, seed=0, **params):
    section = {"class": class_name, "params": params, "target": target, "sources": sources}
    return section | {"seed": seed, "amplitude": None}


POISONS = {
    "uniform": defined("UniformNoise"),
    "random": defined("RandomLabelFlip", seed=3),
    "targeted": defined("TargetedLabelFlip", "word3", ["word1", "word2"]),
    "to one": defined("TargetedLabelFlip", "word3"),
    "trigger": defined("Backdoor", "word3"),
    "clean-label": defined("CleanLabelBackdoor", "word3"),
}


def poison(name, rate):
    return {"recipe": name, **POISONS[name], "rate": rate}
