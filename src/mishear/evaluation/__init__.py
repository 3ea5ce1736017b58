"""Evaluations of victims: under attack, on poisoned recordings, certified, checked, summarised."""
