"""Defences in front of a network: those that a config names without a dot."""

from mishear.defences.base import Defence
from mishear.defences.filters import (
    AverageSmoothing,
    FeatureSqueezing,
    JpegCompression,
    MedianSmoothing,
    TotalVariation,
)
from mishear.defences.smoothing import RandomisedSmoothing

__all__ = [
    "AverageSmoothing",
    "Defence",
    "FeatureSqueezing",
    "JpegCompression",
    "MedianSmoothing",
    "RandomisedSmoothing",
    "TotalVariation",
]
