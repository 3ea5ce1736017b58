"""The paper's recording of "one": which of its claims stand, on invented recordings."""

import numpy as np
import pytest

from mishear.features.split import Division
from mishear.paper.claims import FALLS, NOT_MEASURED, STANDS
from mishear.paper.example import Evidence, describe, paper_example, recording_of_one
from tests.unit.paper.test_example_claims import PICTURE, quality, transcripts


def division(labels):
    names = np.array([f"{position}.wav" for position in range(len(labels))])
    splits = np.array(["train", "test"] * 3)[: len(labels)]
    return Division(names, np.array(labels), names, splits, names)


@pytest.mark.parametrize("word", ["1", "one", "One"])
def test_recording_is_the_first_of_the_word_one(word):
    given = division([word, "0", "0", word, "0", word])
    assert recording_of_one(given) == 3
    assert describe(given, 3) == f"3.wav (class {word})"


def test_without_the_word_one_the_first_class_is_taken_and_said():
    given = division(["yes", "yes", "no", "no"])
    assert recording_of_one(given) == 3
    assert '"one" is not among the test recordings' in describe(given, 3)


def test_classes_without_test_recordings_do_not_count():
    assert recording_of_one(division(["one", "yes", "no", "yes"])) == 1


@pytest.fixture
def table(rows, over_seeds_of):
    """Unpoisoned victims have .65 and .17 at the two amplitudes, retrained ones .95 and .9."""
    found = over_seeds_of(rows)
    return found[found.attack == "noise"]


@pytest.fixture
def evidence():
    """A recording that sounds the same at 0.001 and worse, but drawn differently, at 0.01."""
    return Evidence(
        "a.wav",
        "1",
        {0.001: quality(a=4.6, b=4.5), 0.01: quality(a=2.0, b=2.0)},
        {
            "listener": {
                None: transcripts(a="1"),
                0.001: transcripts(a="1"),
                0.01: transcripts(a="1"),
            }
        },
        {None: PICTURE, 0.001: PICTURE, 0.01: PICTURE[::-1]},
    )


def test_every_amplitude_is_judged(table, evidence):
    quiet, loud = paper_example(table, "standard", evidence).rows
    assert [part.verdict for part in quiet.verdicts] == [STANDS, FALLS, STANDS]
    assert [part.verdict for part in loud.verdicts] == [FALLS, STANDS, STANDS]
    assert (quiet.verdict, loud.verdict) == (FALLS, FALLS)
    assert loud.unpoisoned.accuracy == pytest.approx(0.17)
    assert loud.trained.accuracy == pytest.approx(0.9)


def test_the_verdict_is_at_the_amplitude_that_fits_the_papers_number(table, evidence):
    verdict = paper_example(table, "standard", evidence).verdict
    assert "trained and tested on noise is closest to the paper's 0.17 at amplitude 0.01" in verdict
    assert "amplitude 0.01 (0.170, 95 % interval" in verdict
    assert verdict.endswith("the paper's example does not stand.")


def test_all_parts_have_to_stand(table, evidence):
    (part,) = {row.verdict for row in paper_example(table, "standard", evidence).rows}
    assert part == FALLS
    pictures = dict.fromkeys((0.001, 0.01), PICTURE[::-1]) | {None: PICTURE}
    other = Evidence("a.wav", "1", evidence.quality, evidence.transcripts, pictures)
    quiet, loud = paper_example(table, "standard", other).rows
    assert (quiet.verdict, loud.verdict) == (STANDS, FALLS)
    unheard = Evidence("a.wav", "1", evidence.quality, {}, pictures)
    assert paper_example(table, "standard", unheard).rows[0].verdict == NOT_MEASURED
