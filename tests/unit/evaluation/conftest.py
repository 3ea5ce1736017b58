"""What the tests of evaluations share: a network that is certainly attackable."""

import numpy as np
import pytest
import torch

from mishear.defences.defended import DefendedVictim
from mishear.evaluation.attack_unit_test import UnitTest, plant
from mishear.evaluation.recordings import Recordings
from mishear.features.split import Division

BOUNDS = (-60.0, 40.0)
SHAPE = (16, 12)
CPU = torch.device("cpu")
CLASSES = [str(number) for number in range(10)]


def recordings_of(planted, rows=slice(None)):
    """The recordings of a planted network, or some of them."""
    values = planted.recordings.numpy()
    chosen = np.arange(len(values))[rows]
    return Recordings(
        names=np.array([f"{number}.wav" for number in range(len(values))])[chosen],
        rows=chosen,
        read=values.__getitem__,
        targets=planted.labels.numpy()[chosen],
        classes=CLASSES,
    )


@pytest.fixture(scope="package")
def planted():
    """A linear network whose recordings are misclassified from 0.57 dB on."""
    return plant(UnitTest(SHAPE, BOUNDS, eps=0.95, norm="linf"))


@pytest.fixture(scope="package")
def victim(planted):
    return DefendedVictim(planted.network)


@pytest.fixture
def division():
    """Twelve recordings of three classes by two speakers; every third is a test recording."""
    numbers = np.arange(12)
    return Division(
        np.array([f"{number:02d}.wav" for number in numbers]),
        np.array(["one", "three", "two"])[numbers // 3 % 3],
        np.array(["a", "b"])[numbers % 2],
        np.array(["train", "validation", "test"])[numbers % 3],
        np.array([f"{number:016x}" for number in numbers]),
    )
