"""Correct, tried and success are what the predictions say, and are read as they were written."""

import logging

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.attacks.judging import ANY, Outcome
from mishear.core.errors import UserError
from mishear.core.tables.evaluation import RESULTS
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.results import (
    Results,
    correct,
    gather_examples,
    joined,
    read_results,
    report_rejected,
    result_rows,
    write_examples,
)
from mishear.features.waveforms import Ratios
from tests.unit.conftest import result_row

CLASSES = ["a", "b", "c"]
PREDICTIONS = st.lists(
    st.tuples(*[st.integers(0, 2)] * 3, st.sampled_from([ANY, 0, 1, 2])), min_size=1, max_size=20
)


def recordings(targets):
    count = len(targets)
    values = np.zeros((count, 1, 2, 2), np.float32)
    names = np.array([f"{number}.wav" for number in range(count)])
    return Recordings(names, np.arange(count), values.__getitem__, np.array(targets), CLASSES)


def outcome(clean, adversarial, target):
    count = len(clean)
    return Outcome(
        adversarial=torch.zeros(count),
        rejected=[""] * count,
        clean_prediction=np.array(clean),
        adversarial_prediction=np.array(adversarial),
        linf=np.full(count, 0.5, np.float32),
        l2=np.full(count, 2.0, np.float32),
        target=np.array(target),
    )


def rows_of(drawn, aims=None):
    labels, clean, adversarial, target = zip(*drawn, strict=True)
    part, device = slice(0, len(drawn)), torch.device("cpu")
    judged = outcome(clean, adversarial, target)
    return result_rows(recordings(labels), part, judged, 0.1, device, aims=aims)


@given(PREDICTIONS)
def test_success_is_becoming_wrong_or_the_class_aimed_at(drawn):
    results = Results(rows_of(drawn))
    assert len(results) == len(drawn)
    for row, (label, clean, adversarial, target) in enumerate(drawn):
        assert results.correct_clean[row] == (clean == label)
        assert results.correct_adversarial[row] == (clean == adversarial == label)
        assert results.tried[row] == (clean == label)
        hit = adversarial != label if target == ANY else adversarial == target
        assert results.success[row] == (clean == label and hit)
        assert results.column("target")[row] == ("" if target == ANY else CLASSES[target])


@given(PREDICTIONS)
def test_a_poison_tries_what_it_aims_at_and_is_not_that_class(drawn):
    aims = np.array(["a" if number % 2 else "" for number in range(len(drawn))])
    results = Results(rows_of(drawn, aims))
    for row, (label, _, adversarial, _) in enumerate(drawn):
        tried = row % 2 == 1 and CLASSES[label] != "a"
        assert results.tried[row] == tried
        assert results.success[row] == (tried and CLASSES[adversarial] == "a")


@given(PREDICTIONS)
@settings(max_examples=20, deadline=None)
def test_results_are_read_as_they_were_written(tmp_path_factory, drawn):
    path = tmp_path_factory.getbasetemp() / "results.csv"
    rows = rows_of(drawn)
    RESULTS.write(rows, path)
    read, written = read_results(path), Results(rows)
    for name in ("correct_clean", "correct_adversarial", "tried", "success"):
        assert np.array_equal(getattr(read, name), getattr(written, name))


def test_saved_predictions_count_where_there_are_any():
    assert not Results([result_row()]).was_saved.any()
    saved = Results([result_row(saved_prediction=predicted) for predicted in ("1", "2")])
    assert saved.correct_saved.tolist() == [True, False]


def test_any_column_of_predictions_is_compared_with_the_label():
    rows = [{"label": "a", "recognised_as": "a"}, {"label": "a", "recognised_as": ""}]
    assert correct(rows, "recognised_as").tolist() == [True, False]
    assert correct([], "recognised_as").dtype == bool


def test_values_are_given_by_recording():
    results = Results([result_row("x.wav"), result_row("y.wav", adversarial="2")])
    assert results.by_recording(results.correct_adversarial) == {"x.wav": True, "y.wav": False}


def test_rejections_are_logged_with_their_reason(caplog):
    rows = [result_row(rejected="beyond eps"), result_row(rejected="beyond eps"), result_row()]
    with caplog.at_level(logging.INFO):
        report_rejected(rows)
    assert "2 of 3 returned recordings were beyond eps" in caplog.text


def test_kept_examples_of_shards_are_those_of_one_job(tmp_path):
    paths = []
    for shard, targets in enumerate(([0, 1], [], [2])):
        found = recordings(targets)
        adversarial = [np.full((len(targets), 1, 2, 2), shard, np.float32)] if targets else []
        rows = [result_row(name, "a", "a", "b") for name in found.names]
        paths.append(tmp_path / f"{shard}.npz")
        write_examples(found, adversarial, rows, paths[-1])
    gather_examples(paths, tmp_path / "all.npz")
    with np.load(tmp_path / "all.npz") as joined:
        assert joined["recording"].tolist() == ["0.wav", "1.wav", "0.wav"]
        assert joined["adversarial"][:, 0, 0, 0].tolist() == [0, 0, 2]
        assert joined["clean"].shape == (3, 1, 2, 2)
        assert joined["adversarial_prediction"].tolist() == ["b"] * 3


def test_nothing_kept_by_any_shard_is_joined_too(tmp_path):
    write_examples(recordings([]), [], [], tmp_path / "0.npz")
    gather_examples([tmp_path / "0.npz"], tmp_path / "all.npz")
    with np.load(tmp_path / "all.npz") as joined:
        assert len(joined["recording"]) == 0


@pytest.mark.parametrize("ratios", [None, [Ratios(12.5, 18.5)]])
def test_ratios_are_those_given(ratios):
    drawn = [(0, 0, 1, ANY)]
    labels, clean, adversarial, target = zip(*drawn, strict=True)
    judged = outcome(clean, adversarial, target)
    device = torch.device("cpu")
    (row,) = result_rows(recordings(labels), slice(0, 1), judged, 0.1, device, ratios)
    expected = (12.5, 18.5) if ratios else (None, None)
    assert (row["snr_db"], row["si_sdr_db"]) == expected


def test_a_poison_is_no_attack_whichever_recordings_are_asked_for(tmp_path):
    """After an attack a recording that was wrong before stays wrong; a poison may put it right."""
    RESULTS.write([result_row("a.wav", "1", "2", "1"), result_row("b.wav")], tmp_path / "a.csv")
    for attacked, correct_after in ((True, [True, False]), (False, [True, True])):
        results = read_results(tmp_path / "a.csv", attacked)
        backwards = results.of(np.array(["b.wav", "a.wav"]))
        assert backwards.attacked is attacked
        assert backwards.correct_adversarial.tolist() == correct_after


@pytest.mark.parametrize("names", [["c.wav"], ["a.wav", "c.wav"]])
def test_a_table_that_was_cut_is_named_where_a_recording_is_looked_for(tmp_path, names):
    for name in "ab":
        RESULTS.write([result_row(f"{name}.wav")], tmp_path / f"{name}.csv")
    cut = read_results(tmp_path / "a.csv")
    with pytest.raises(UserError, match=f"(?s)c.wav.*rm {tmp_path}/a.csv$"):
        cut.of(np.array(names))
    folds = joined([cut, read_results(tmp_path / "b.csv")])
    with pytest.raises(UserError, match=f"rm {tmp_path}/a.csv {tmp_path}/b.csv$"):
        folds.of(np.array(names))
    assert len(folds.of(np.array(["b.wav", "a.wav"]))) == 2


def test_kept_inputs_are_labelled_with_what_was_predicted(tmp_path):
    rows = [result_row("0.wav", "a", "b", "c"), result_row("1.wav", "b", "b", "a")]
    write_examples(recordings([0, 1]), [np.ones((2, 1, 2, 2))], rows, tmp_path / "kept.npz")
    with np.load(tmp_path / "kept.npz") as kept:
        assert kept["label"].tolist() == ["a", "b"]
        assert kept["clean_prediction"].tolist() == ["b", "b"]
        assert kept["adversarial_prediction"].tolist() == ["c", "a"]
