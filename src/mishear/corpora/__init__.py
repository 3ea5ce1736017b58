"""Labelled recordings: where they come from, and the index of what can be used."""
