"""The numbers that the paper prints.

The paper is "Attacks on the neural network and defense methods" (2024).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Printed:
    """A number that the paper prints.

    Attributes
    ----------
    quantity
        The quantity in words.
    short
        The same for legends of figures.
    accuracy
        Between 0 and 1.
    place
        Its place in the paper.
    eps
        dB, for numbers that are the lowest of a sweep.
    """

    quantity: str
    short: str
    accuracy: float
    place: str
    eps: float | None = None


TRAIN = Printed("Accuracy, train", "train", 0.99, "Model, training")
VALIDATION = Printed("Accuracy, validation", "validation", 0.99, "Model, training")
TEST = Printed("Accuracy, test", "test", 0.99, "Model, training")
FGSM = Printed("FGSM, lowest accuracy", "FGSM", 0.17, "Attacks, FGSM", eps=0.95)
PGD = Printed("PGD, lowest accuracy", "PGD", 0.0, "Attacks, PGD", eps=0.95)
CW = Printed("Carlini-Wagner, accuracy", "CW", 0.36, "Attacks, Carlini-Wagner")
POISONING = Printed("Data poisoning, accuracy", "poisoning", 0.17, "Attacks, data poisoning")

PGD_STEP = 0.1
"""Step of the paper's PGD, dB."""
UNIT = "dB"
"""Of the paper's inputs; results in another unit are not compared with the paper's."""
PGD_STEPS = 5
CW_STEP = 0.01
"""Step of the paper's Carlini-Wagner attack."""
TRAINED_ON = 24_000
"""Training recordings: the paper takes 0.8 of AudioMNIST's 30,000."""
