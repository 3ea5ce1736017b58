"""Defences, detectors and trainers of other libraries behind Mishear's interfaces."""
