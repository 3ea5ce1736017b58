"""Load what a training uses of a corpus from the files of a job."""

from pathlib import Path
from typing import Any

from mishear.core.arrays import RowsOnDisk
from mishear.features.bounds import joint_bounds
from mishear.features.split import check_rows, read_split
from mishear.poisoning.detections import read_kept
from mishear.poisoning.training_set import training_set
from mishear.training.inputs import TrainingData, TrainingInputs


def load_training_data(inputs: Any, params: Any, seed: int) -> TrainingData:
    """Load the recordings that a victim is or was trained on.

    Parameters
    ----------
    inputs
        The ``input`` of one of the workflow's jobs. Has ``split``, ``spectrograms`` and
        ``bounds``; may have ``poisoned`` with ``poisoned_bounds``, and the ``detection`` whose
        flagged recordings are left out.
    params
        The job's ``params``; may have ``poison``.
    seed
        The victim's seed, which chooses the poisoned recordings.
    """
    division = read_split(Path(inputs.split))
    check_rows([Path(inputs.spectrograms)], division)
    poisoned, bounds = None, [Path(inputs.bounds)]
    if hasattr(inputs, "poisoned"):
        check_rows([Path(inputs.poisoned)], division)
        poisoned = RowsOnDisk(Path(inputs.poisoned))
        bounds.append(Path(inputs.poisoned_bounds))
    chosen = training_set(division, getattr(params, "poison", None), seed)
    if hasattr(inputs, "detection"):
        chosen = chosen.part(read_kept(Path(inputs.detection)))
    clean = RowsOnDisk(Path(inputs.spectrograms))
    return TrainingData(TrainingInputs(clean, poisoned, chosen), division, joint_bounds(bounds))
