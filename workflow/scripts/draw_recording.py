"""Draw one recording of the word "one", clean and poisoned at each amplitude."""

from pathlib import Path

import numpy as np

from mishear.core.arrays import RowsInShards
from mishear.core.tables import read_results
from mishear.features.split import read_split
from mishear.poisoning.poisons import build_poison
from mishear.report.figures.spectrograms import (
    describe,
    draw_recording,
    predictions,
    recording_of_one,
    versions,
)
from mishear.runtime.jobs import job_log

if __name__ == "__main__":
    with job_log(snakemake.log[0]):
        division = read_split(Path(snakemake.input.split))
        row = recording_of_one(division)
        name = str(division.recordings[row])
        poisons = [build_poison(definition) for definition in snakemake.params.poisons]
        amplitudes = [poison.amplitude for poison in poisons]
        results = [read_results(Path(results)) for results in snakemake.input.results]
        poisoned = [np.load(path, mmap_mode="r")[row, 0] for path in snakemake.input.poisoned]
        shards = [Path(shard) for shard in snakemake.input.waveforms]
        waveforms = RowsInShards(shards, len(division.recordings))
        draw_recording(
            versions(
                waveforms[np.array([row])][0],
                name,
                clean=np.load(snakemake.input.clean, mmap_mode="r")[row, 0],
                poisoned=list(zip(poisons, poisoned, strict=True)),
                sample_rate=snakemake.params.sample_rate,
                heard=predictions(amplitudes, results, name),
            ),
            name=describe(division, row),
            sample_rate=snakemake.params.sample_rate,
            colour_map=snakemake.params.colour_map,
            path=Path(snakemake.output.figure),
        )
