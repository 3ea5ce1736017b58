"""Network architectures that the config names without a dot, one a module."""

from mishear.training.networks.paper_cnn import PaperCNN

__all__ = ["PaperCNN"]
