"""Warm starts: jobs are forked from a process that has imported the libraries.

Importing torch and the other libraries takes longer than many jobs. With warm starts it happens
once in a run. Snakemake starts ``client.py`` instead of the interpreter for each script. The first
client starts ``starter.py``, which imports the libraries and forks a process for each job;
``job.py`` makes that process equal to a new one. The run's Snakemake process calls ``setup.py``.
This module imports nothing, because every job waits for it.
"""
