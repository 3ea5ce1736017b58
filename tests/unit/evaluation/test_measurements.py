"""Accuracies over the seeds, as the tables have them and from counts."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.core.statistics import Difference, over_counts
from mishear.core.tables.evaluation import SUMMARY
from mishear.evaluation.measurements import (
    difference,
    first_measured,
    level,
    measured,
    of_setting,
    on_inputs,
    read_accuracies,
    read_summary,
    saved,
    shown_sizes,
    sounds_of_setting,
    succeeded,
)
from tests.unit.conftest import SETTING, N, summary_row


def test_a_row_over_seeds_has_its_interval_and_its_spread(over_seeds_of):
    rows = [summary_row("pgd", 0.5, accuracy, seed) for seed, accuracy in enumerate((0.2, 0.4))]
    (row,) = over_seeds_of(rows).itertuples()
    found = measured(row)
    assert (found.accuracy, found.n, found.seeds) == (pytest.approx(0.3), N, 2)
    assert (found.low, found.high) == (row.ci_low, row.ci_high)
    assert (found.lowest, found.highest) == (0.2, 0.4)
    clean = measured(row, clean=True)
    assert (clean.accuracy, clean.low) == (pytest.approx(0.95), row.clean_low)
    assert saved(row) is None


def test_what_was_saved_and_success_have_intervals_of_their_own(over_seeds_of):
    limits = {"attack_success_rate": 0.5, "success_low": 0.4, "success_high": 0.6, "tried": 90}
    limits |= {"saved_accuracy": 0.3, "saved_low": 0.2, "saved_high": 0.35}
    (row,) = over_seeds_of([summary_row("pgd", 0.5, 0.4, **limits)]).itertuples()
    found = succeeded(row)
    assert (found.accuracy, found.low, found.high, found.n) == (0.5, 0.4, 0.6, 90)
    assert (saved(row).accuracy, saved(row).low, saved(row).n) == (0.3, 0.2, N)


def test_a_level_that_was_not_measured_is_nothing(robustness_of, robustness_row):
    (row,) = robustness_of([robustness_row(0.5, 0.9, None, 0.1)]).itertuples()
    assert level(row, "transfer") is None
    worst = level(row, "worst")
    assert (worst.accuracy, worst.low, worst.high) == (0.1, row.worst_low, row.worst_high)


def test_a_difference_is_read_where_there_is_one(robustness_of, robustness_row):
    limits = {"difference": 0.2, "difference_low": 0.1, "difference_high": 0.3}
    compared, reference = robustness_of(
        [robustness_row(0.5, 0.9, None, 0.1, defence="median", **limits)]
        + [robustness_row(0.5, 0.9, None, 0.1)]
    ).itertuples()
    assert difference(compared) == Difference(0.2, 0.1, 0.3)
    assert difference(reference) is None


def test_a_table_without_rows_keeps_its_types(robustness_of):
    assert robustness_of([]).eps.dtype == float


def test_the_first_row_of_nothing_is_nothing(over_seeds_of):
    table = over_seeds_of([summary_row("pgd", 0.5, 0.4)])
    assert first_measured(table).accuracy == 0.4
    assert first_measured(table[table.attack == "cw"]) is None


def test_a_setting_is_a_corpus_front_end_and_network(summary_of):
    table = summary_of([summary_row("pgd", 0.5, 0.4), summary_row("pgd", 0.5, 0.4, corpus="x")])
    assert of_setting(table, SETTING).corpus.tolist() == ["digits"]
    assert of_setting(table, SETTING | {"network": "other"}).empty


def test_sounds_of_no_network_belong_to_every_network(heard_tables):
    table = heard_tables["audio_quality"]
    assert sounds_of_setting(table, SETTING).kind.tolist() == ["clean", "poisoned", "waveform"]
    other = sounds_of_setting(table, SETTING | {"network": "other"})
    assert other.kind.tolist() == ["clean", "poisoned"]


def test_attacks_on_the_waveform_are_left_out_and_poisons_kept(summary_of):
    rows = [
        summary_row("pgd", 0.5, 0.4),
        summary_row("sound", 40, 0.4, domain="waveform", budget="snr"),
    ]
    rows.append(summary_row("noise", 0.1, 0.4, domain="waveform", budget=""))
    assert on_inputs(summary_of(rows)).attack.tolist() == ["pgd", "noise"]


@given(st.lists(st.floats(0.01, 5), min_size=1, max_size=20), st.floats(0.01, 5))
def test_few_sizes_are_shown_and_the_nearest_to_the_one_wanted_among_them(eps, wanted):
    shown = shown_sizes(eps, wanted)
    assert shown == sorted(set(shown)) and len(shown) <= 3
    assert {min(eps), max(eps)} <= set(shown) <= set(eps)
    assert min(abs(value - wanted) for value in shown) == min(abs(value - wanted) for value in eps)


def test_accuracies_of_splits_are_means_over_the_seeds(tmp_path):
    for seed, right in enumerate((80, 90)):
        counts = {"correct": right, "n": 100, "accuracy": right / 100}
        (tmp_path / f"{seed}.json").write_text(json.dumps({"test": counts}))
    found = read_accuracies([tmp_path / "0.json", tmp_path / "1.json"])["test"]
    assert (found.accuracy, found.n, found.seeds) == (pytest.approx(0.85), 100, 2)
    assert (found.low, found.high) == over_counts(np.array([80, 90]), np.array([100, 100]))[1:]
    assert (found.lowest, found.highest) == (0.8, 0.9)


TEST = {"correct": 80, "n": 100, "accuracy": 0.8}


@pytest.mark.parametrize(
    ("content", "split"),
    [
        ({}, "test"),
        ([], "test"),
        ({"train": TEST}, "test"),
        ({"test": {"correct": 80}, "train": TEST}, "test"),
        ({"test": TEST | {"accuracy": 0.9}}, "test"),
        ({"test": TEST | {"correct": 101, "accuracy": 1.01}}, "test"),
        ({"test": TEST}, "train"),
        ({"test": TEST, "train": []}, "train"),
        ({"test": TEST, "train": TEST | {"n": "100"}}, "train"),
    ],
)
def test_accuracies_that_are_not_whole_are_named(tmp_path, content, split):
    (tmp_path / "0.json").write_text(json.dumps({"train": TEST, "test": TEST}))
    (tmp_path / "1.json").write_text(json.dumps(content))
    with pytest.raises(UserError, match=f"1.json does not hold the accuracy on the {split} split"):
        read_accuracies([tmp_path / "0.json", tmp_path / "1.json"])


@pytest.mark.parametrize(
    ("column", "value"),
    [("accuracy", 0.999), ("accuracy", 0.0), ("ci_high", 0.1)],
)
def test_a_value_outside_of_its_interval_is_named_with_its_line(tmp_path, column, value):
    rows = [summary_row("pgd", 0.5, 0.4), summary_row("pgd", 0.7, 0.3)]
    SUMMARY.write(rows, tmp_path / "summary.csv")
    assert len(read_summary(tmp_path / "summary.csv")) == 2
    SUMMARY.write([rows[0], rows[1] | {column: value}], tmp_path / "summary.csv")
    name = "accuracy" if column == "ci_high" else column
    with pytest.raises(UserError, match=f"summary.csv, line 3: {name} is outside of its interval"):
        read_summary(tmp_path / "summary.csv")
