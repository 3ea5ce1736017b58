"""What does not fit between a state dict and a network is named."""

from pathlib import Path

import pytest
import torch

from mishear.core.errors import UserError
from mishear.training.networks import PaperCNN
from mishear.training.states import load_state

PATH = Path("mine.pt")


def test_a_state_dict_that_fits_is_loaded():
    trained, network = PaperCNN(3), PaperCNN(3)
    load_state(network, trained.state_dict(), PATH, "networks.mine")
    for key, value in trained.state_dict().items():
        assert torch.equal(network.state_dict()[key], value)


def without(key):
    return lambda state: state.pop(key)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without("classifier.bias"), "lacks 'classifier.bias', which PaperCNN needs"),
        (lambda state: state.update(x=torch.ones(1)), "has 'x', which PaperCNN does not have"),
        (
            lambda state: state.update({"classifier.bias": torch.ones(4)}),
            r"'classifier.bias' has the shape \(4,\) in 'mine.pt', but PaperCNN needs \(3,\)",
        ),
    ],
)
def test_a_key_that_does_not_fit_is_named(change, said):
    state = PaperCNN(3).state_dict()
    change(state)
    with pytest.raises(UserError, match=f"^networks.mine.weights: .*{said}"):
        load_state(PaperCNN(3), state, PATH, "networks.mine")


def test_a_prefix_of_all_keys_is_explained():
    state = {f"net.module.{key}": value for key, value in PaperCNN(3).state_dict().items()}
    with pytest.raises(UserError, match=r"every key begins with 'net.module.'.*model.net.module.s"):
        load_state(PaperCNN(3), state, PATH, "networks.mine")
