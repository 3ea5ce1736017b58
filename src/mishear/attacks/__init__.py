"""Attacks: building them, running them, and judging what they return."""
