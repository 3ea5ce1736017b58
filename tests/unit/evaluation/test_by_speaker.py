"""Each speaker has a row, over the recordings of that speaker alone."""

import numpy as np

from mishear.core.statistics import over_victims
from mishear.core.tables.over_seeds import BY_SPEAKER
from mishear.evaluation.by_speaker import accuracies_by_speaker
from tests.unit.conftest import PLACE
from tests.unit.evaluation.test_over_seeds import NOBODY, drawn, rows, spoken, written

__all__ = ["written"]


def test_each_speaker_has_a_row(written, tmp_path):
    correct = {attack: drawn(3, seed) for seed, attack in enumerate(("pgd", "fgsm"))}
    evaluations = written(
        *(
            (rows(each), {"seed": seed, "attack": attack})
            for attack, found in correct.items()
            for seed, each in enumerate(found)
        )
    )
    found = list(accuracies_by_speaker(evaluations, spoken()))
    assert [row["speaker"] for row in found] == ["a", "b"]
    worst = correct["pgd"] & correct["fgsm"]
    for number, row in enumerate(found):
        of_speaker = worst[:, number::2]
        values = tuple(row[f"worst_{name}"] for name in ("accuracy", "low", "high"))
        assert values == over_victims(of_speaker)
        assert (row["n"], row["seeds"], row["clean_accuracy"]) == (4, 3, 1)
    BY_SPEAKER.write(found, tmp_path / "by_speaker.csv")
    assert len(BY_SPEAKER.read(tmp_path / "by_speaker.csv")) == 2


def test_a_corpus_that_names_no_speakers_has_no_rows(written):
    evaluations = written((rows(drawn(1)[0]), {"seed": 0}))
    assert list(accuracies_by_speaker(evaluations, NOBODY)) == []
    assert np.isin(PLACE["corpus"], list(NOBODY))
