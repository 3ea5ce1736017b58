"""Mishear: how easily a speech classifier mishears.

The library behind the Snakemake workflow. It never imports Snakemake; every function takes
its data as arguments and can be used and tested alone.
"""

__version__ = "0.1.0"
