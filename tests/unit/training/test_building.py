"""Networks built, and loaded as victims."""

import pytest
import torch
from torch import nn

from mishear.core.errors import UserError
from mishear.defences.defended import DefendedVictim
from mishear.training.building import build_network, load_victim
from mishear.training.networks import PaperCNN

CPU = torch.device("cpu")
CLASSES = ["a", "b", "c"]
DEFINITION = {"class": "PaperCNN", "params": {}}


class Fixed(nn.Module):
    """A user's network with its number of outputs written into it."""

    def __init__(self, outputs: int = 3):
        super().__init__()
        self.layer = nn.Linear(4, outputs)

    def forward(self, inputs):
        return self.layer(inputs.flatten(1))


def test_a_loaded_victim_is_frozen_and_the_same(tmp_path):
    trained = PaperCNN(3).eval()
    torch.save(trained.state_dict(), tmp_path / "victim.pt")
    victim = load_victim(DEFINITION, CLASSES, tmp_path / "victim.pt", CPU)
    spectrograms = torch.randn(2, 1, 64, 48)
    torch.testing.assert_close(victim(spectrograms), trained(spectrograms))
    assert not victim.training
    assert not any(parameter.requires_grad for parameter in victim.parameters())


def test_the_outputs_of_a_trained_model_are_put_into_the_order_of_the_classes(tmp_path):
    trained = PaperCNN(3).eval()
    torch.save(trained.state_dict(), tmp_path / "victim.pt")
    definition = DEFINITION | {"labels": ["c", "a", "b"]}
    victim = load_victim(definition, CLASSES, tmp_path / "victim.pt", CPU)
    spectrograms = torch.randn(2, 1, 64, 48, requires_grad=True)
    torch.testing.assert_close(victim(spectrograms), trained(spectrograms)[:, [1, 2, 0]])
    (gradient,) = torch.autograd.grad(victim(spectrograms)[:, 0].sum(), spectrograms)
    (expected,) = torch.autograd.grad(trained(spectrograms)[:, 1].sum(), spectrograms)
    torch.testing.assert_close(gradient, expected)
    assert not victim.training


def test_the_class_of_a_trained_model_may_do_without_the_number_of_classes():
    definition = {"class": f"{__name__}.Fixed", "params": {"outputs": 2}}
    with pytest.raises(UserError, match="takes no argument 'classes'"):
        build_network(definition, 3)
    network = build_network(definition | {"labels": ["a", "b"]}, 2)
    assert network.layer.out_features == 2


@pytest.mark.parametrize("form", ["torchscript", "exported", "pickled"])
def test_a_trusted_file_brings_its_own_code(form, tmp_path):
    trained, example = Fixed(3).eval(), torch.randn(2, 1, 2, 2)
    path = tmp_path / "victim.pt"
    match form:
        case "torchscript":
            torch.jit.trace(trained, example).save(path)
        case "exported":
            # See save_exported in test_model_files.py.
            torch.backends.cudnn.allow_tf32 = True
            batch = ({0: torch.export.Dim("recordings")},)
            torch.export.save(torch.export.export(trained, (example,), dynamic_shapes=batch), path)
        case "pickled":
            torch.save(trained, path)
    definition = {"class": None, "params": {}, "labels": ["b", "a", "c"]}
    victim = DefendedVictim(load_victim(definition, CLASSES, path, CPU)).eval()
    inputs = torch.randn(5, 1, 2, 2, requires_grad=True)
    torch.testing.assert_close(victim(inputs), trained(inputs)[:, [1, 0, 2]])
    assert torch.autograd.grad(victim(inputs).sum(), inputs)[0].abs().sum() > 0
    assert not any(parameter.requires_grad for parameter in victim.parameters())
