"""Put spectrograms through the defences of other libraries: ``run_defences.py IN.npz OUT.npz``.

Of each defence there are, under its name: the spectrograms it gives (``after``), once more after a
reseeding (``again``), the gradient of their sum (``gradient``), and what it states (``stated``).
"""

import json
import logging
import sys
from pathlib import Path

import numpy as np
import torch

from mishear.libraries import defences as libraries

DEFENCES = {
    "art-squeezing": ("ArtPreprocessor", "FeatureSqueezing", {"bit_depth": 4}),
    "art-median": ("ArtPreprocessor", "SpatialSmoothing", {"window_size": 3}),
    "art-median-torch": ("ArtPreprocessor", "SpatialSmoothingPyTorch", {"window_size": 3}),
    "art-jpeg": ("ArtPreprocessor", "JpegCompression", {"quality": 50}),
    "art-gaussian": ("ArtPreprocessor", "GaussianAugmentation", {"sigma": 2.0}),
    "art-variation": ("ArtPreprocessor", "TotalVarMin", {"max_iter": 3}),
    "advertorch-jpeg": ("AdvertorchFilter", "JPEGFilter", {"quality": 50}),
    "advertorch-squeezing": ("AdvertorchFilter", "BitSqueezing", {"bit_depth": 4}),
    "advertorch-binary": ("AdvertorchFilter", "BinaryFilter", {}),
    "advertorch-median": ("AdvertorchFilter", "MedianSmoothing2D", {"kernel_size": 3}),
    "advertorch-average": ("AdvertorchFilter", "AverageSmoothing2D", {"kernel_size": 3}),
    "advertorch-gaussian": ("AdvertorchFilter", "GaussianSmoothing2D", {"sigma": 1.0}),
}


def main(source: str, target: str) -> None:
    torch.set_num_threads(1)
    log = Path("job.log")
    logging.basicConfig(handlers=[logging.FileHandler(log, mode="w")], level=logging.INFO)
    with np.load(source) as file:
        inputs, bounds = torch.from_numpy(file["inputs"]), tuple(file["bounds"].tolist())
    answers = {}
    for name, (adapter, component, params) in DEFENCES.items():
        defence = getattr(libraries, adapter)(bounds, component, **params)
        for key in ("after", "again"):
            torch.manual_seed(0)
            with torch.inference_mode():
                answers[f"{name} {key}"] = defence(inputs).numpy()
        traced = inputs.clone().requires_grad_()
        (gradient,) = torch.autograd.grad(defence(traced).sum(), traced)
        answers[f"{name} gradient"] = gradient.numpy()
        answers[f"{name} stated"] = defence.gradient
    logging.info("still written to")
    answers["log"] = log.read_text()
    answers["home"] = json.dumps(sorted(path.name for path in Path.home().iterdir()))
    answers["torch"] = hasattr(sys.modules["torch.autograd.gradcheck"], "zero_gradients")
    np.savez(target, **answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
