"""Texts for papers: a methods section with its references, and the main table."""
