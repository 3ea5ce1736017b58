"""Results that were edited, cut or replaced stop a run with the command that mends them."""

import os
import re
import shutil
import time
from pathlib import Path

import numpy as np

from tests.workflow.test_tiny_study import summary


def only(project, pattern: str) -> Path:
    (found,) = project.folder.glob(f"results/{pattern}")
    return found


def accuracies(project):
    return [row["accuracy"] for row in summary(project)]


def test_damaged_results_are_named_and_made_again(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    table = next(project.folder.glob("results/evaluations/tiny/*/*/standard*/**/fgsm*/eps0.5*.csv"))
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-1]))
    victims = sorted(project.folder.glob("results/victims/**/victim.pt"))
    shutil.copyfile(victims[0], victims[1])
    spectrograms = only(project, "spectrograms/tiny/*/clean*/spectrograms*.npy")
    np.save(spectrograms, np.load(spectrograms)[::-1])
    # Tables that read the victim and the spectrograms again.
    for evaluation in project.folder.glob("results/evaluations/**/pgd*/*.csv"):
        evaluation.unlink()
    for evaluation in project.folder.glob("results/evaluations/**/noise*/*.csv"):
        evaluation.unlink()
    said = project.failure("--keep-going")
    assert "bug of Mishear" not in said
    named = {
        path
        for line in re.findall(r"^  rm (.+)$", said, flags=re.MULTILINE)
        for path in line.split()
        if path.startswith("results/") and not path.startswith("results/.contents/")
    }
    damaged = {str(path.relative_to(project.folder)) for path in (table, victims[1], spectrograms)}
    assert named == damaged
    for path in damaged:
        (project.folder / path).unlink()
    # Meanwhile the clock was set back.
    for path in project.folder.glob("results/**/*.csv"):
        os.utime(path, (time.time() + 10_000,) * 2)
    assert "dated in the future" in project.run()
    assert accuracies(project) == accuracies(finished)
