"""A soak: kills, fuzzed inputs, changed configs and large recordings, as many as there is time for.

``make soak`` runs a part of each; ``python -m tests.soak --help`` lists the options. Every case is
drawn from the seed, its kind and its number, so that a single one can be run again, and a soak goes
on where an earlier one ended (``--first``).
"""
