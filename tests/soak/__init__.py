"""A soak: kills, fuzzed inputs, changed configs, edited code and large recordings.

``make soak`` runs a part of each, for an hour; ``python -m tests.soak --help`` lists the options.
Every case is drawn from the seed, its kind and its number, so that a single one can be run again,
and a soak goes on where an earlier one ended (``--first``).
"""
