"""Poisons, detectors of poisoned recordings, and how well these detect them."""
