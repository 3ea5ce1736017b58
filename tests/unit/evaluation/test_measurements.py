"""Seeds are brought together: means, and the widest limits."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.statistics import wilson_interval
from mishear.evaluation.measurements import (
    first_measured,
    measured,
    of_setting,
    on_spectrograms,
    over_seeds,
    read_accuracies,
    shown_sizes,
    sounds_of_setting,
    succeeded,
)
from tests.unit.conftest import SETTING, N, summary_row


def test_seeds_are_one_row_with_their_mean_and_the_widest_limits(summary_of):
    rows = [summary_row("pgd", 0.5, accuracy, seed) for seed, accuracy in enumerate((0.2, 0.4))]
    (row,) = over_seeds(summary_of(rows)).itertuples()
    found = measured(row)
    assert (found.accuracy, found.n, found.seeds) == (pytest.approx(0.3), N, 2)
    assert found.low == pytest.approx(wilson_interval(40, N)[0], abs=1e-5)
    assert found.high == pytest.approx(wilson_interval(80, N)[1], abs=1e-5)
    clean = measured(row, clean=True)
    assert clean.accuracy == pytest.approx(0.95)
    assert (clean.low, clean.high) == pytest.approx(wilson_interval(190, N), abs=1e-5)


def test_what_differs_in_more_than_the_seed_stays_apart(summary_of):
    rows = [summary_row("pgd", eps, 0.5) for eps in (0.25, 0.5)]
    rows += [summary_row("pgd", 0.5, 0.5, defence="median"), summary_row("fgsm", 0.5, 0.5)]
    assert len(over_seeds(summary_of(rows))) == 4


def test_success_has_an_interval_of_its_own(summary_of):
    limits = {"attack_success_rate": 0.5, "success_low": 0.4, "success_high": 0.6, "tried": 90}
    (row,) = over_seeds(summary_of([summary_row("pgd", 0.5, 0.4, **limits)])).itertuples()
    found = succeeded(row)
    assert (found.accuracy, found.low, found.high, found.n) == (0.5, 0.4, 0.6, 90)


def test_the_first_row_of_nothing_is_nothing(summary_of):
    table = over_seeds(summary_of([summary_row("pgd", 0.5, 0.4)]))
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
    assert on_spectrograms(summary_of(rows)).attack.tolist() == ["pgd", "noise"]


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
    assert (found.low, found.high) == (wilson_interval(80, 100)[0], wilson_interval(90, 100)[1])
