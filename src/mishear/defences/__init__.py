"""Defences in front of a network, and the defended victim that attacks see."""
