"""A soak: kills, fuzzed inputs and changed configs, as many as there is time for.

``make soak`` runs a part of each; ``python -m tests.soak --help`` lists the options. Every case is
drawn from the seed, its kind and its number, so that a single one can be run again.
"""
