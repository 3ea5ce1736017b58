"""Judge activations with ART's detectors of poison: ``run_detectors.py IN.npz OUT.npz``.

ART 1.20.1 projects the activations as they are onto the direction found in the centred ones; the
paper projects the centred ones. So it is given centred activations here.
"""

import sys

import numpy as np


def main(source: str, target: str) -> None:
    np.random.seed(0)  # ART gives the clusters no seed of their own.
    from art.defences.detector.poison.activation_defence import cluster_activations
    from art.defences.detector.poison.spectral_signature_defense import SpectralSignatureDefense

    answers = {}
    with np.load(source) as file:
        classes = [file[name] for name in sorted(file)]
    clusters, _ = cluster_activations(classes, nb_dims=10, reduce="PCA")
    for number, (activations, found) in enumerate(zip(classes, clusters, strict=True)):
        centred = activations - activations.mean(axis=0)
        scores = SpectralSignatureDefense.spectral_signature_scores(centred)[:, 0]
        answers[f"scores{number}"] = scores
        answers[f"clusters{number}"] = np.asarray(found)
    np.savez(target, **answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
