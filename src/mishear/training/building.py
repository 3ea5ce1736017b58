"""Build networks, and load victims: networks with their weights."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mishear.core.plugins import FAMILIES, HUGGING_FACE
from mishear.training.labels import order_of_outputs
from mishear.training.model_files import read_module
from mishear.training.references import read_reference
from mishear.training.scoring import hashes_of_scorer, load_scorer

NETWORKS = FAMILIES["networks"]


def build_network(
    definition: Mapping[str, Any], classes: int, where: str = "networks"
) -> nn.Module:
    """Build an untrained network; its weights are drawn from torch's global random state.

    Parameters
    ----------
    definition
        Mapping with ``class`` and ``params``; with ``labels`` it is that of a trained model, whose
        constructor need not take ``classes``.
    classes
        Number of classes.
    where
        Key in the config, for messages.

    Raises
    ------
    UserError
        See :meth:`mishear.core.plugins.Family.build`.
    """
    if "labels" in definition and not NETWORKS.takes(definition, "classes", where):
        return NETWORKS.build(definition, where)
    return NETWORKS.build(definition, where, classes=classes)


def load_victim(
    definition: Mapping[str, Any], classes: Sequence[str], path: Path, device: torch.device
) -> nn.Module:
    """Load a trained network in evaluation mode with frozen parameters.

    Freezing saves attacks the gradients of the parameters, which they do not use. The outputs of a
    trained model of the user's are put into the order of the corpus's classes here and nowhere
    else.

    Parameters
    ----------
    definition
        Mapping with ``class`` and ``params``; for a trained model also ``labels``, those of its
        outputs in their order, and then ``class`` may be None. A model that gives only scores has
        ``scores_only``, see :func:`mishear.training.scoring.load_scorer`.
    classes
        Labels of the corpus, in the order of the outputs that are wanted.
    path
        A state dict, read without running code in it; for a folder in Hugging Face's format the
        reference to it; without a class, a model with its own code, which the user trusts; of a
        model that gives only scores the description of it.
    device
        Where it will run.
    """
    if definition.get("scores_only"):
        victim = load_scorer(definition, hashes_of_scorer(path))
    elif definition.get("class") is None:
        victim = read_module(path, "networks", device)
    elif definition["class"] == HUGGING_FACE:
        # Found by its name, so that the code of other victims does not depend on it.
        victim = NETWORKS.find(HUGGING_FACE, "networks")(read_reference(path))
    else:
        victim = build_network(definition, len(classes))
        victim.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return finished(victim, definition, classes, device)


def finished(
    network: nn.Module,
    definition: Mapping[str, Any],
    classes: Sequence[str],
    device: torch.device,
) -> nn.Module:
    """Make a victim of a network that has its weights, see :func:`load_victim`."""
    network = prepared(in_evaluation_mode(network), device)
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    labels = definition.get("labels")
    if labels is None or list(labels) == list(classes):
        return network
    return Reordered(network, order_of_outputs(labels, classes)).to(device).eval()


def in_evaluation_mode(network: nn.Module) -> nn.Module:
    """Put a network into evaluation mode; programs of torch.export stay as they were exported."""
    try:
        return network.eval()
    except NotImplementedError:
        return Exported(network).eval()


def prepared(network: nn.Module, device: torch.device) -> nn.Module:
    """Move a network to its device, in the memory format in which convolutions are fastest."""
    return network.to(device, memory_format=torch.channels_last)


class Exported(nn.Module):
    """A program of torch.export, which knows one mode only.

    Parameters
    ----------
    program
        The program as a module.
    """

    def __init__(self, program: nn.Module):
        super().__init__()
        self.program = program

    def train(self, mode: bool = True) -> "Exported":
        """Note the mode and leave the program as it is."""
        self.training = mode
        return self

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Run the program."""
        return self.program(inputs)


class Reordered(nn.Module):
    """A trained network whose outputs are put into another order.

    Parameters
    ----------
    network
        The network.
    order
        For each output the number of the network's output that it is.
    """

    def __init__(self, network: nn.Module, order: Sequence[int]):
        super().__init__()
        self.network = network
        self.register_buffer("order", torch.tensor(order))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Compute logits, (recordings, classes), in the new order."""
        return self.network(inputs).index_select(1, self.order)
