"""Network architectures that the config names without a dot, one a module."""

from mishear.training.networks.bc_resnet import BCResNet
from mishear.training.networks.hugging_face import HuggingFace
from mishear.training.networks.m5 import M5
from mishear.training.networks.paper_cnn import PaperCNN
from mishear.training.networks.res8 import Res8

__all__ = ["BCResNet", "HuggingFace", "M5", "PaperCNN", "Res8"]
