"""What tests of defences share."""

import pytest
import torch

from mishear.training.networks import PaperCNN
from tests.unit.defences.examples import HIGH, LOW


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def victim():
    torch.manual_seed(0)
    return PaperCNN(classes=4).eval().requires_grad_(False)


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(0)
    return LOW + (HIGH - LOW) * torch.rand(6, 1, 16, 16, generator=generator)
